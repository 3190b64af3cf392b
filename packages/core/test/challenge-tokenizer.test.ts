import type { AuthScheme, AuthTarget, Challenge } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { basic } from '../src/auth/basic.js';
import { parseChallenges } from '../src/auth/challenge-parser.js';
import { ConversationAttempt } from '../src/auth/conversation-attempt.js';
import { digest } from '../src/auth/digest/index.js';
import { AuthScope, realmOf } from '../src/auth/endpoint.js';
import { RequestAttempt } from '../src/auth/request-attempt.js';
import { judgeRound } from '../src/auth/round.js';
import { type Candidate, Selection } from '../src/auth/selection.js';
import {
  alice,
  caller,
  connection,
  connectionScheme,
  endpointOf,
  requestOf,
  requestScheme,
  scopeOf,
  stateOf,
} from './support/sign-in.js';

interface TokenizeCase {
  readonly header: string;
  readonly scheme: string;
  readonly params: readonly (readonly [string, string])[];
  readonly valid: boolean;
  readonly token68?: string;
}

interface ChooseCase {
  readonly target: AuthTarget;
  readonly headers: readonly (readonly [string, string])[];
  readonly disabled?: readonly string[];
  readonly expect: { readonly scheme: string; readonly realm: string } | null;
}

interface ResponseCase {
  readonly currentScheme: string;
  readonly connectionBased: boolean;
  readonly headers: readonly string[];
  readonly result: 'ACCEPT' | 'REJECT';
  readonly challengeUsed: string | null;
}

interface RoundCase {
  readonly scheme: string;
  readonly round: 'first' | 'later';
  readonly header: string;
  readonly result: string;
  readonly token?: string;
  readonly decoded?: string;
}

/** The usual schemes in the usual order; the connection-bound ones are stand-ins. */
function usualSchemes(): readonly AuthScheme[] {
  const standIn = (name: string) => connectionScheme({ name }).scheme;
  return [standIn('negotiate'), standIn('ntlm'), digest(), basic()];
}

describeVectors(new URL('./vectors/', import.meta.url), 'challenge-tokenizer', {
  tokenize(vector: TokenizeCase) {
    const [challenge, ...others] = parseChallenges(vector.header);
    expect(others).toEqual([]);
    expect(challenge?.scheme ?? '').toBe(vector.scheme);
    expect(challenge?.params ?? []).toEqual(vector.params.map(([name, value]) => [name.toLowerCase(), value]));
    // The vectors look at what follows the scheme as parameters, and a token is none.
    const isParams = !challenge?.malformed && challenge?.token68 === undefined;
    expect(isParams).toBe(vector.valid);
    if (vector.token68 !== undefined) expect(challenge?.token68 ?? '').toBe(vector.token68);
  },

  choose(vector: ChooseCase) {
    const schemes = usualSchemes();
    const state = stateOf(schemes, { credentials: async () => alice });
    const scope = new AuthScope(state, endpointOf('http://peer.test', { target: vector.target }), requestOf());
    const selection = new Selection(scope);
    for (const scheme of schemes) if (vector.disabled?.includes(scheme.name)) selection.disable(scheme, 'disabled');
    const fields = vector.headers.filter(([name]) => name.toLowerCase() === scope.challengeField);
    selection.offer(parseChallenges(fields.map(([, value]) => value)));
    const chosen = selection.next(connection());
    expect(chosen ? { scheme: chosen.scheme.name, realm: chosen.realm } : null).toEqual(vector.expect);
  },

  async 'handle-response'(vector: ResponseCase) {
    const used: Challenge[] = [];
    const here = connection();
    const attempt = vector.connectionBased ? boundAttempt(vector, used) : requestAttempt(vector, used);
    await attempt.header(here, caller);
    used.length = 0; // the one that began it
    const verdict = attempt.judge(parseChallenges(vector.headers), here);
    expect(verdict === 'continue' ? 'ACCEPT' : 'REJECT').toBe(vector.result);
    if (verdict === 'continue') await attempt.header(here, caller);
    expect(used.map(({ text }) => text)).toEqual(vector.challengeUsed === null ? [] : [vector.challengeUsed]);
  },

  'multi-round'(vector: RoundCase) {
    const { verdict, challenge } = judgeRound(vector.scheme, vector.round, parseChallenges(vector.header));
    expect(verdict.toUpperCase()).toBe(vector.result);
    if (vector.token !== undefined) expect(challenge?.token68).toBe(vector.token);
    if (vector.decoded !== undefined) expect(Buffer.from(vector.token!, 'base64').toString()).toBe(vector.decoded);
  },
});

function candidateOf(scheme: AuthScheme): Candidate {
  const challenge = { scheme: scheme.name, params: [], text: scheme.name };
  return { scheme, realm: realmOf(challenge), challenges: [challenge], identity: alice, source: 'provider' };
}

function requestAttempt({ currentScheme }: ResponseCase, used: Challenge[]): RequestAttempt {
  const { scheme } = requestScheme({ name: currentScheme });
  return new RequestAttempt(scopeOf(stateOf([scheme])), candidateOf(scheme), {
    authorize: () => `${currentScheme} x`,
    challenged(next) {
      used.push(...next);
      return 'rejected';
    },
  });
}

function boundAttempt({ currentScheme }: ResponseCase, used: Challenge[]): ConversationAttempt {
  const { scheme } = connectionScheme({
    name: currentScheme,
    async step(_round, challenge) {
      used.push(challenge);
      return Buffer.from('token');
    },
  });
  return new ConversationAttempt(scopeOf(stateOf([scheme])), candidateOf(scheme), scheme);
}
