import { timingSafeEqual } from 'node:crypto';
import {
  type AuthenticationInfo,
  type AuthNeeds,
  type Authorizer,
  type AuthRequest,
  type Challenge,
  type ChallengeVerdict,
  type Identity,
  SchemeError,
} from '@netloom/contracts';
import { authParam, parseChallenges } from '../challenge-parser.js';
import { hashOf } from './algorithm.js';
import { bestDigestChallenge, type DigestChallenge, type DigestPolicy } from './challenge.js';
import { digestHeader, digestNameField } from './header.js';
import { type DigestKey, digestKey, digestResponse } from './response.js';

const NO_SIGNAL: AuthNeeds = { signal: false };

/** Answers the requests of one protection space, and counts how often it has used its nonce. */
export class DigestAuthorizer implements Authorizer {
  readonly #identity: Identity;
  readonly #policy: DigestPolicy;
  readonly #makeCnonce: () => string;
  #challenge: DigestChallenge;
  #key: DigestKey;
  #nameField: string;
  #cnonce: string;
  #count = 0;

  constructor(identity: Identity, challenge: DigestChallenge, policy: DigestPolicy, makeCnonce: () => string) {
    this.#identity = identity;
    this.#policy = policy;
    this.#makeCnonce = makeCnonce;
    this.#challenge = challenge;
    this.#key = digestKey(identity, challenge);
    this.#nameField = digestNameField(identity, this.#key, challenge);
    this.#cnonce = makeCnonce();
  }

  get needs(): AuthNeeds {
    const { algorithm = 'MD5', qop } = this.#challenge;
    return qop === 'auth-int' ? { bodyHash: hashOf(algorithm), signal: false } : NO_SIGNAL;
  }

  authorize({ method, uri, bodyHash }: AuthRequest): string {
    this.#count += 1;
    const nc = this.#count.toString(16).padStart(8, '0');
    const { nonce, qop } = this.#challenge;
    const input = { method, uri, nonce, cnonce: this.#cnonce, nc, qop, bodyHash };
    return digestHeader(this.#nameField, this.#key, this.#challenge, input);
  }

  challenged(next: readonly Challenge[]): ChallengeVerdict {
    const best = bestDigestChallenge(next, this.#policy)?.digest;
    if (best === undefined) return 'invalid';
    if (best.stale) {
      this.#key = digestKey(this.#identity, best);
      this.#nameField = digestNameField(this.#identity, this.#key, best);
      this.#renew(best);
      return 'stale';
    }
    // A fresh nonce alone does not say that the old one was the fault.
    return best.realm === this.#challenge.realm ? 'rejected' : 'other-realm';
  }

  succeeded({ params, authorization }: AuthenticationInfo): void {
    const proof = authParam(params, 'rspauth');
    if (proof !== undefined) this.#verify(proof, authorization);
    const nonce = authParam(params, 'nextnonce');
    // A session keeps the nonce that its key was made of (RFC 7616 section 3.4.2).
    if (nonce && !this.#challenge.algorithm?.endsWith('-sess')) this.#renew({ ...this.#challenge, nonce });
  }

  #renew(challenge: DigestChallenge): void {
    this.#challenge = challenge;
    // One for each nonce and not for each request: session keys are made of the first, or of each, as servers read it.
    this.#cnonce = this.#makeCnonce();
    this.#count = 0;
  }

  /** Checks the peer's proof that it knows the password. It is about the request as it was sent. */
  #verify(proof: string, authorization: string): void {
    const sent = parseChallenges(authorization)[0]?.params ?? [];
    // A proof of `auth-int` covers the body of the answer, which comes later; without qop there is none.
    if (authParam(sent, 'qop') !== 'auth') return;
    // Another request may have been given a challenge of another kind meanwhile.
    const { realm, algorithm } = this.#challenge;
    if (authParam(sent, 'realm') !== realm || authParam(sent, 'algorithm') !== algorithm) return;
    const value = (name: string) => authParam(sent, name) ?? '';
    const expected = digestResponse(this.#key, {
      method: '',
      uri: value('uri'),
      nonce: value('nonce'),
      cnonce: value('cnonce'),
      nc: value('nc'),
      qop: 'auth',
    });
    const [given, right] = [proof.toLowerCase(), expected].map((text) => Buffer.from(text, 'latin1')) as [
      Buffer,
      Buffer,
    ];
    if (given.length === right.length && timingSafeEqual(given, right)) return;
    throw new SchemeError('ERR_INVALID_RESPONSE', {
      effect: 'fail',
      detail: 'the peer did not prove that it knows the password (rspauth)',
    });
  }
}
