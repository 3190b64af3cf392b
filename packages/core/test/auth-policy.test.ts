import type { AuthScheme, AuthTarget, NetErrorCode } from '@netloom/contracts';
import { NetError } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { AmbientAllowlist } from '../src/auth/allowlist.js';
import { basic } from '../src/auth/basic.js';
import { parseChallenges } from '../src/auth/challenge-parser.js';
import { digest } from '../src/auth/digest/index.js';
import { AuthScope } from '../src/auth/endpoint.js';
import { effectOf, takesExplicitIdentity } from '../src/auth/scheme-errors.js';
import { Selection } from '../src/auth/selection.js';
import { TunnelSignIn } from '../src/auth/tunnel-auth.js';
import { acceptCode } from './support/challenges.js';
import {
  alice,
  bob,
  caller,
  connection,
  connectionScheme,
  endpointOf,
  never,
  requestOf,
  requestScheme,
  scopeOf,
  serverController,
  stateOf,
} from './support/sign-in.js';

/** Stand-ins with what the real schemes say about the identities that they take. */
const SCHEMES: Readonly<Record<string, (platform: string) => AuthScheme>> = {
  negotiate: () => connectionScheme({ name: 'negotiate', identities: { explicit: false, ambient: true } }).scheme,
  ntlm: (platform) =>
    connectionScheme({ name: 'ntlm', identities: { explicit: true, ambient: platform === 'win32' } }).scheme,
  digest: () => digest(),
  basic: () => basic(),
};
const schemeNamed = (name: string, platform = 'posix'): AuthScheme => {
  const make = SCHEMES[name];
  if (make === undefined) throw new Error(`Unknown scheme "${name}"`);
  return make(platform);
};

interface DefaultCredentialsCase {
  readonly scheme: string;
  readonly platform?: string;
  readonly target?: AuthTarget;
  readonly allowlisted?: boolean;
  readonly allowed?: boolean;
  readonly explicitCredentials?: boolean;
}

interface TokenErrorCase {
  readonly error: NetErrorCode;
  readonly handlerAllowsExplicitCredentials: boolean;
  readonly effect: 'drop-identity' | 'disable-scheme' | 'propagate';
  readonly result: string;
}

interface ControllerCase {
  readonly name: string;
  readonly tokenError?: NetErrorCode;
  readonly headers?: readonly string[];
  readonly result: string;
}

const KERBEROS = 'auth-kerberos';

describeVectors(new URL('./vectors/', import.meta.url), 'auth-policy', {
  'gss-status': KERBEROS,
  spn: KERBEROS,
  delegation: KERBEROS,
  defaults: 'auth-kerberos, electron-net',

  /** The score is a place in the usual list of schemes: what stands before is preferred, in whatever order offered. */
  score({ scheme, score }: { readonly scheme: string; readonly score: number }) {
    const usual = Object.keys(SCHEMES);
    expect(usual.length - usual.indexOf(scheme)).toBe(score);
    const state = stateOf(
      usual.map((name) => schemeNamed(name)),
      { credentials: async () => alice, allowlist: '*' },
    );
    for (const other of usual.filter((name) => name !== scheme)) {
      const selection = new Selection(scopeOf(state));
      const offer = (name: string) => (name === 'digest' ? 'Digest realm="r", nonce="n"' : name);
      selection.offer(parseChallenges([offer(other), offer(scheme)]));
      const better = usual.indexOf(scheme) < usual.indexOf(other) ? scheme : other;
      expect(selection.next(connection())?.scheme.name).toBe(better);
    }
  },

  allowlist(v: {
    readonly list: string;
    readonly target: AuthTarget;
    readonly url: string;
    readonly allowed: boolean;
  }) {
    expect(new AmbientAllowlist(v.list).allows(v.target, v.url)).toBe(v.allowed);
  },

  'no-allowlist'(v: { readonly platform: string; readonly url: string; readonly defaultCredentials: boolean }) {
    // Windows' zones are not read: where Chromium trusts the intranet zone there, a list has to say so here.
    const expected = v.platform === 'win32' ? false : v.defaultCredentials;
    expect(new AmbientAllowlist(undefined).allows('server', v.url)).toBe(expected);
  },

  'default-credentials'(v: DefaultCredentialsCase) {
    const scheme = schemeNamed(v.scheme, v.platform);
    if (v.explicitCredentials !== undefined) expect(takesExplicitIdentity(scheme)).toBe(v.explicitCredentials);
    if (v.allowed === undefined) return;
    const state = stateOf([scheme], v.allowlisted ? { allowlist: 'web.test' } : {});
    const selection = new Selection(
      new AuthScope(state, endpointOf('http://web.test', { target: v.target ?? 'server' }), requestOf()),
    );
    selection.offer(parseChallenges(v.scheme === 'digest' ? 'Digest realm="r", nonce="n"' : v.scheme));
    expect(selection.next(connection())?.source === 'ambient').toBe(v.allowed);
  },

  factory(v: { readonly challenge: string; readonly result: string }) {
    expect(acceptCode([digest(), basic()], v.challenge)).toBe(v.result);
  },

  async 'token-error'(v: TokenErrorCase) {
    const explicit = v.handlerAllowsExplicitCredentials;
    const { scheme } = connectionScheme({
      identities: { explicit, ambient: true },
      step: async () => {
        throw new NetError(v.error);
      },
    });
    const effect = v.effect === 'propagate' ? 'fail' : v.effect;
    expect(effectOf(new NetError(v.error), scheme)).toBe(effect);
    const controller = serverController(stateOf([scheme], { allowlist: '*', credentials: async () => undefined }));
    const next = controller.challenged(401, { 'www-authenticate': 'Bound' }, connection(), never)?.next;
    if (v.result === 'OK') expect(['retry', 'deliver']).toContain(await next);
    else await expect(next).rejects.toMatchObject({ code: v.result });
  },

  'identity-order'({ order }: { readonly order: readonly string[] }) {
    const { scheme } = connectionScheme({ identities: { explicit: true, ambient: true } });
    const state = stateOf([scheme], { allowlist: '*', credentials: async () => bob });
    const scope = scopeOf(state, undefined, { urlIdentity: alice });
    const challenge = parseChallenges('Bound')[0]!;
    state.cache.add(scope.space('bound', ''), '/', { identity: bob, challenge });
    const selection = new Selection(scope);
    selection.offer([challenge]);
    const sources = order.map(() => {
      const candidate = selection.next(connection())!;
      if (candidate.source !== undefined) selection.refuse(candidate, 'refused');
      return candidate.source;
    });
    const words = { url: 'user info', cache: 'cache entry', ambient: 'default credentials', ask: 'login prompt' };
    sources.forEach((source, i) => {
      expect(order[i]).toContain(words[(source ?? 'ask') as keyof typeof words]);
    });
  },

  async controller(v: ControllerCase) {
    if (v.tokenError !== undefined) return tokenErrorDisables(v.tokenError);
    const headers = v.headers!;
    const state = stateOf([requestScheme().scheme], { credentials: async () => alice });
    if (v.result.startsWith('ERR_')) {
      const tunnel = new TunnelSignIn(state, { scheme: 'http', host: 'proxy.test', port: 80 }, 'web.test:443');
      const fields = headers.flatMap((value) => ['Proxy-Authenticate', value]);
      await expect(tunnel.challenged(fields, connection(), never)).rejects.toMatchObject({ code: v.result });
    } else {
      const reply = serverController(state).challenged(401, { 'www-authenticate': [...headers] }, connection(), never);
      expect(reply, v.result).toBeUndefined();
    }
  },
});

/** A scheme that fails is used no more, and the next one is: the request goes on. */
async function tokenErrorDisables(code: NetErrorCode): Promise<void> {
  const { scheme, log } = connectionScheme({
    step: async () => {
      throw new NetError(code);
    },
  });
  const controller = serverController(stateOf([scheme, basic()], { credentials: async () => alice }));
  const headers = { 'www-authenticate': ['Bound', 'Basic realm="r"'] };
  const here = connection();
  let sent: string | undefined;
  for (let round = 0; round < 3 && sent === undefined; round++) {
    expect(await controller.challenged(401, headers, here, never)?.next).toBe('retry');
    sent = await controller.header(here, caller);
  }
  expect(sent).toMatch(/^Basic /);
  expect(log.filter((line) => line.startsWith('start'))).toHaveLength(1);
}
