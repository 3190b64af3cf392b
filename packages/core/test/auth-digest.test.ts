import type { AuthRequest, AuthTarget, Challenge, Identity, RequestScheme } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { authParam, parseChallenges } from '../src/auth/challenge-parser.js';
import { DIGEST_ALGORITHMS } from '../src/auth/digest/algorithm.js';
import { readDigestChallenge } from '../src/auth/digest/challenge.js';
import { digest } from '../src/auth/digest/index.js';
import { realmOf } from '../src/auth/endpoint.js';
import { TunnelSignIn } from '../src/auth/tunnel-auth.js';
import { secondChallenge } from './support/challenges.js';
import {
  alice,
  authRequestOf,
  caller,
  connection,
  never,
  scopeOf,
  serverController,
  stateOf,
} from './support/sign-in.js';

interface ParseCase {
  readonly challenge: string;
  readonly valid: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly domain: string;
  readonly opaque: string;
  readonly algorithm: string;
  readonly qop: string;
  readonly stale: boolean;
}

interface AssembleCase extends Identity {
  readonly method: string;
  readonly uri: string;
  readonly challenge: string;
  readonly cnonce: string;
  readonly nc: number;
  readonly response: string;
  readonly header: string;
}

interface RespondCase extends Identity {
  readonly target: AuthTarget;
  readonly url: string;
  readonly requestMethod: string;
  readonly challenge: string;
  readonly cnonce: string;
  readonly digestMethod: string;
  readonly digestUri: string;
  readonly header: string;
}

interface Sha512Case extends Omit<AssembleCase, 'challenge' | 'header'> {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string;
  readonly qop: string;
  readonly userhash: string;
}

/** The vectors were taken from a client that never uses auth-int. */
const likeBrowsers = (cnonce: string) => digest({ cnonce: () => cnonce, authInt: false });

/** The header that answers a challenge the nth time it is used. */
function answer(scheme: RequestScheme, challenge: Challenge, v: Omit<AssembleCase, 'challenge' | 'header'>): string {
  const scope = scopeOf(stateOf([scheme]));
  const authorizer = scheme.accept([challenge], scope.context(realmOf(challenge), v, connection()));
  const request: AuthRequest = authRequestOf({ method: v.method, uri: v.uri });
  let header = '';
  for (let i = 0; i < v.nc; i++) header = authorizer!.authorize(request, never) as string;
  return header;
}

/** Vectors write the bytes of user names as the text that they are in UTF-8. */
const asText = (header: string) => Buffer.from(header, 'latin1').toString('utf8');

describeVectors(new URL('./vectors/', import.meta.url), 'auth-digest', {
  parse(v: ParseCase) {
    const [challenge] = parseChallenges(v.challenge);
    const policy = { algorithms: DIGEST_ALGORITHMS, authInt: true };
    const read = challenge?.scheme === 'digest' ? readDigestChallenge(challenge, policy) : undefined;
    expect(read !== undefined).toBe(v.valid);
    if (read === undefined) return;
    expect({
      realm: read.realm,
      nonce: read.nonce,
      domain: authParam(challenge!.params, 'domain') ?? '',
      opaque: read.opaque,
      algorithm: read.algorithm?.toLowerCase() ?? 'unspecified',
      qop: read.qop ?? 'unspecified',
      stale: read.stale,
    }).toEqual({
      realm: v.realm,
      nonce: v.nonce,
      domain: v.domain,
      opaque: v.opaque,
      algorithm: v.algorithm,
      qop: v.qop,
      stale: v.stale,
    });
  },

  assemble(v: AssembleCase) {
    const header = answer(likeBrowsers(v.cnonce), parseChallenges(v.challenge)[0]!, v);
    expect(header).toContain(`response="${v.response}"`);
    expect([header, asText(header)]).toContain(v.header);
  },

  async respond(v: RespondCase) {
    const seen: AuthRequest[] = [];
    const scheme = recording(likeBrowsers(v.cnonce), seen);
    const identity: Identity = { username: v.username, password: v.password };
    const state = stateOf([scheme], { credentials: async () => identity });
    const url = new URL(v.url);
    const tunnelled = v.target === 'proxy' && url.protocol !== 'http:';
    const header = tunnelled
      ? await throughTunnel(
          new TunnelSignIn(state, { scheme: 'http', host: 'proxy.test', port: 80 }, authority(url)),
          v,
        )
      : await plainly(serverController(state, v.url, { method: v.requestMethod }), v);
    expect({ method: seen[0]!.method, uri: seen[0]!.uri }).toEqual({ method: v.digestMethod, uri: v.digestUri });
    expect(asText(header ?? '')).toBe(v.header);
  },

  'second-challenge'(v: { readonly first: string; readonly second: string; readonly result: string }) {
    expect(secondChallenge(digest(), v.first, v.second, alice)).toBe(v.result);
  },

  /** The vector says that Chromium does not take this algorithm; RFC 7616 and this package do. */
  'sha-512-256'(v: Sha512Case) {
    const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
    const [challenge] = parseChallenges(
      `Digest realm="${v.realm}", nonce="${v.nonce}", opaque="${v.opaque}", algorithm=SHA-512-256, qop="${v.qop}", userhash=true, charset=UTF-8`,
    );
    const header = answer(digest({ cnonce: () => bytes(v.cnonce) }), challenge!, v);
    expect(header).toContain(`username="${v.userhash}"`);
    expect(header).toContain(`response="${v.response}"`);
    expect(header).toMatch(/, userhash=true$/);
  },
});

const authority = ({ hostname, port, protocol }: URL) =>
  `${hostname}:${port || (protocol === 'https:' || protocol === 'wss:' ? 443 : 80)}`;

function recording(scheme: RequestScheme, seen: AuthRequest[]): RequestScheme {
  return {
    ...scheme,
    accept(challenges, context) {
      const authorizer = scheme.accept(challenges, context);
      return (
        authorizer && {
          authorize(request, signal) {
            seen.push(request);
            return authorizer.authorize(request, signal);
          },
          challenged: (next) => authorizer.challenged(next),
        }
      );
    },
  };
}

async function throughTunnel(tunnel: TunnelSignIn, { challenge }: RespondCase): Promise<string | undefined> {
  const here = connection();
  expect(await tunnel.header(here, never)).toBeUndefined();
  await tunnel.challenged(['Proxy-Authenticate', challenge], here, never);
  return tunnel.header(here, never);
}

async function plainly(
  controller: ReturnType<typeof serverController>,
  { challenge }: RespondCase,
): Promise<string | undefined> {
  const here = connection();
  expect(controller.header(here, caller)).toBeUndefined();
  await controller.challenged(401, { 'www-authenticate': challenge }, here, never)?.next;
  return controller.header(here, caller);
}
