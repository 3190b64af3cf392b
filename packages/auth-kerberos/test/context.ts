import { type AuthContext, type Challenge, type HostResolver, type Identity, systemClock } from '@netloom/contracts';

export const alice: Identity = { username: 'LAB\\alice', password: 'wonderland' };
export const never: AbortSignal = new AbortController().signal;

/** A resolver that knows aliases only. */
export function aliases(names: Readonly<Record<string, string>> = {}): HostResolver {
  const missing = (name: string) => Object.assign(new Error(`no address of ${name}`), { code: 'ENOTFOUND' });
  return {
    lookup: (name) => Promise.reject(missing(name)),
    canonicalName: async (name) => {
      if (names[name] === undefined) throw missing(name);
      return names[name];
    },
  };
}

/** A context of a sign-in at `http://web.test/`, but for what is said otherwise. */
export function contextOf(changes: Partial<AuthContext> = {}): AuthContext {
  return {
    target: 'server',
    protocol: 'http:',
    host: 'web.test',
    port: 80,
    realm: '',
    identity: 'ambient',
    service: 'HTTP',
    hostResolver: aliases(),
    clock: systemClock,
    channelBinding: undefined,
    ...changes,
  };
}

/** The challenge that a field value such as `Negotiate TlRM…` holds. */
export function challengeOf(text = 'Negotiate'): Challenge {
  const [scheme = '', token68] = text.split(' ');
  return { scheme: scheme.toLowerCase(), params: [], text, token68 };
}

/** The challenge that carries these bytes. */
export function challengeWith(token: Uint8Array): Challenge {
  return challengeOf(`Negotiate ${Buffer.from(token).toString('base64')}`);
}

export const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
export const text = (token: Uint8Array) => Buffer.from(token).toString('latin1');
