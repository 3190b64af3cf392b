import {
  type AuthAsk,
  type AuthRequest,
  type AuthScheme,
  type Challenge,
  type ConnectionScheme,
  type Conversation,
  type HostResolver,
  type Identity,
  type RequestScheme,
  SchemeError,
} from '@netloom/contracts';
import type { AuthConnection } from '../../src/auth/connection.js';
import { AuthController } from '../../src/auth/controller.js';
import { type AuthEndpoint, AuthScope, type SignableRequest } from '../../src/auth/endpoint.js';
import { AuthState, type AuthStateOptions } from '../../src/auth/state.js';

export const alice: Identity = { username: 'alice', password: 'wonderland' };
export const bob: Identity = { username: 'bob', password: 'builder' };
export const never: AbortSignal = new AbortController().signal;
/** Whoever does not give up. */
export const caller = { signal: never };

const noNames: HostResolver = {
  lookup: async (hostname) => {
    throw new Error(`sign-in looks up no name, but asked for ${hostname}`);
  },
};

/** A connection as sign-in sees it. */
export function connection(changes: Partial<AuthConnection> = {}): AuthConnection {
  return {
    proxyIdentity: undefined,
    serverIdentity: undefined,
    multiplexed: false,
    channelBinding: () => undefined,
    ...changes,
  };
}

/** A client's sign-in with the given schemes. */
export function stateOf(schemes: readonly AuthScheme[], options: Partial<AuthStateOptions> = {}): AuthState {
  return new AuthState({ schemes, hostResolver: noNames, ...options });
}

/** A request as sign-in sees it. */
export function requestOf(url = 'http://web.test/', changes: Partial<SignableRequest> = {}): SignableRequest {
  const { pathname, search } = new URL(url);
  return {
    method: 'GET',
    url,
    uri: pathname + search,
    headers: () => ({}),
    privacy: false,
    asks: () => undefined,
    ...changes,
  };
}

/** A request as schemes see it. */
export function authRequestOf(changes: Partial<AuthRequest> = {}): AuthRequest {
  return { method: 'GET', url: 'http://web.test/', uri: '/', headers: {}, ...changes };
}

/** The server of a URL, or a proxy. */
export function endpointOf(url = 'http://web.test/', changes: Partial<AuthEndpoint> = {}): AuthEndpoint {
  const { protocol, hostname, port } = new URL(url);
  return {
    target: 'server',
    protocol: protocol as 'http:',
    host: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    ...changes,
  };
}

/** A scope, for the parts of sign-in that are tested alone. */
export function scopeOf(state: AuthState, url = 'http://web.test/', changes: Partial<SignableRequest> = {}): AuthScope {
  return new AuthScope(state, endpointOf(url), requestOf(url, changes));
}

/** A controller for a request to the server of a URL. */
export function serverController(
  state: AuthState,
  url = 'http://web.test/',
  changes: Partial<SignableRequest> = {},
): AuthController {
  return new AuthController(state, endpointOf(url), requestOf(url, changes));
}

export const PROXY = endpointOf('http://proxy.test:3128', { target: 'proxy' });

/** A provider that keeps its questions and answers by `answer`. */
export function askingProvider(
  answer: (ask: AuthAsk) => Identity | 'ambient' | undefined | Promise<Identity | 'ambient' | undefined>,
) {
  const asked: AuthAsk[] = [];
  const provider = async (ask: AuthAsk) => {
    asked.push(ask);
    return answer(ask);
  };
  return { asked, provider };
}

/** A scripted request scheme: `Scripted user n`, with one more for each request; what it was told is kept. */
export function requestScheme(changes: Partial<RequestScheme> = {}) {
  const log: string[] = [];
  const scheme: RequestScheme = {
    name: 'scripted',
    connectionBound: false,
    accept(challenges, { identity, realm }) {
      let count = 0;
      log.push(`accept ${realm}`);
      return {
        authorize: () => `Scripted ${(identity as Identity | undefined)?.username ?? 'own'} ${++count}`,
        challenged: (next) => {
          log.push(`challenged ${next.map(({ text }) => text).join('; ')}`);
          return challenges[0]?.text === next[0]?.text ? 'rejected' : 'other-realm';
        },
        succeeded: ({ status }) => log.push(`succeeded ${status}`),
      };
    },
    ...changes,
  };
  return { scheme, log };
}

/** What a scripted conversation does otherwise than usual. */
export interface ConversationScript extends Partial<ConnectionScheme> {
  readonly step?: (round: number, challenge: Challenge, signal: AbortSignal) => Promise<Uint8Array>;
  readonly finish?: Conversation['finish'];
  readonly dispose?: () => void;
}

/** A scripted connection-bound scheme: sends `user 1`, `user 2`, … as tokens; what it was told is kept. */
export function connectionScheme({ step, finish, dispose, ...changes }: ConversationScript = {}) {
  const log: string[] = [];
  let conversations = 0;
  const scheme: ConnectionScheme = {
    name: 'bound',
    connectionBound: true,
    requiresHttp1: true,
    start({ identity }) {
      const name = `#${++conversations}`;
      const user = identity === 'ambient' ? 'ambient' : (identity?.username ?? 'own');
      let round = 0;
      let disposed = 0;
      log.push(`start ${name} ${user}`);
      return {
        async step(challenge, signal) {
          round += 1;
          log.push(`step ${name} ${challenge.token68 ?? '-'}`);
          return step ? step(round, challenge, signal) : Buffer.from(`${user} ${round}`);
        },
        async finish(final) {
          log.push(`finish ${name} ${final.status}`);
          return finish ? finish(final) : 'ok';
        },
        dispose() {
          disposed += 1;
          log.push(`dispose ${name}${disposed > 1 ? ' AGAIN' : ''}`);
          dispose?.();
        },
      };
    },
    ...changes,
  };
  return { scheme, log };
}

/** Takes a 401 and tells what follows. */
export async function on401(controller: AuthController, fields: string | readonly string[], here = connection()) {
  const reply = controller.challenged(401, { 'www-authenticate': fields }, here, never);
  return reply && { hold: reply.hold, next: await reply.next };
}

/** The user name in a header of Basic. */
export function userOf(header: string | undefined | Promise<string | undefined>): string | undefined {
  if (typeof header !== 'string') return undefined;
  return Buffer.from(header.slice('Basic '.length), 'base64').toString().split(':')[0];
}

/** A provider that is not to be asked. */
export const nobody = async (): Promise<never> => {
  throw new Error('nobody was to be asked');
};

/** Base64 of a text, as in tokens. */
export const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A scheme's failure with an effect. */
export function schemeError(effect: SchemeError['effect'], detail = `effect ${effect}`): SchemeError {
  return new SchemeError('ERR_UNSUPPORTED_AUTH_SCHEME', { effect, detail });
}
