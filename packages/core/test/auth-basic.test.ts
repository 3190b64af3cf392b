import type { Identity } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { basic } from '../src/auth/basic.js';
import { parseChallenges } from '../src/auth/challenge-parser.js';
import { realmOf } from '../src/auth/endpoint.js';
import { acceptCode, secondChallenge } from './support/challenges.js';
import { alice, authRequestOf, connection, never, scopeOf, stateOf } from './support/sign-in.js';

interface PolicyCase {
  readonly url: string;
  readonly basicOverHttpEnabled: boolean;
  readonly challenge: string;
  readonly result: string;
}

function header(identity: Identity): unknown {
  const context = scopeOf(stateOf([])).context('', identity, connection());
  const authorizer = basic().accept(parseChallenges('Basic'), context);
  return authorizer?.authorize(authRequestOf(), never);
}

describeVectors(new URL('./vectors/', import.meta.url), 'auth-basic', {
  token(vector: Identity & { readonly header: string }) {
    expect(header(vector)).toBe(vector.header);
  },
  challenge(vector: { readonly challenge: string; readonly result: string; readonly realm: string }) {
    expect(acceptCode(basic(), vector.challenge)).toBe(vector.result);
    if (vector.result === 'OK') expect(realmOf(parseChallenges(vector.challenge)[0]!)).toBe(vector.realm);
  },
  'second-challenge'(vector: { readonly first: string; readonly second: string; readonly result: string }) {
    expect(secondChallenge(basic(), vector.first, vector.second, alice)).toBe(vector.result);
  },
  'over-http-policy'(vector: PolicyCase) {
    const scheme = basic({ allowOverHttp: vector.basicOverHttpEnabled });
    expect(acceptCode(scheme, vector.challenge, vector.url)).toBe(vector.result);
  },
});
