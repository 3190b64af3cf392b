import type { AuthScheme, AuthTarget, Clock, Identity } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { basic } from '../src/auth/basic.js';
import { AuthCache, type ProtectionSpace } from '../src/auth/cache.js';
import { authParam, parseChallenges } from '../src/auth/challenge-parser.js';
import { AuthController } from '../src/auth/controller.js';
import { digest } from '../src/auth/digest/index.js';
import {
  alice,
  authRequestOf,
  caller,
  connection,
  connectionScheme,
  endpointOf,
  never,
  requestOf,
  scopeOf,
  serverController,
  stateOf,
} from './support/sign-in.js';

interface Step {
  readonly op: string;
  readonly origin: string;
  readonly target: AuthTarget;
  readonly realm: string;
  readonly scheme: string;
  readonly partition?: string;
  readonly path: string;
  readonly username: string;
  readonly password: string;
  readonly challenge?: string;
  readonly expect: unknown;
  readonly expectUser: string | null;
  readonly expectRealm: string | null;
  readonly expectScheme?: string;
  readonly enabled: boolean;
  readonly time: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly realmPattern: string;
  readonly pathPattern: string;
  readonly realms: readonly [number, number];
}

interface Preemptive {
  readonly scheme: string;
  readonly target?: AuthTarget;
  readonly protectedUrl?: string;
  readonly proxy?: string;
  readonly requestUrl: string;
  readonly headerSentFirst: boolean;
  readonly nc?: string;
}

interface Limits {
  readonly maxRealmEntries: number;
  readonly maxPathsPerEntry: number;
}

const CHALLENGES: Readonly<Record<string, string>> = {
  basic: 'Basic realm="r"',
  digest: 'Digest realm="r", nonce="n", qop="auth"',
  ntlm: 'NTLM',
};

const timeOfDay = (text: string) => Date.parse(`2026-01-01T${text}Z`);

/** A cache, and the steps of a scenario on it. */
class Scenario {
  readonly #cache: AuthCache;
  #now = 0;
  /** The entry of the first step, which steps without an entry of their own mean. */
  #first: Step | undefined;
  #header = '';

  constructor() {
    const clock: Clock = { now: () => this.#now, setTimeout: () => ({ cancel: () => undefined }) };
    this.#cache = new AuthCache({ clock });
  }

  readonly steps: Readonly<Record<string, (step: Step) => void>> = {
    add: (step) => this.#add(step),
    addMany: (step) => {
      const fill = (pattern: string, i: number) => pattern.replace('{i}', String(i));
      for (let i = 0; i < step.count; i++) {
        const [realm, path] = [fill(step.realmPattern, i), fill(step.pathPattern, i)];
        this.#add({ ...step, target: 'server', realm, path, username: realm, password: realm });
      }
    },
    present: ({ realms: [from, to], expect: expected }) => {
      for (let i = from; i <= to; i++) {
        const found = this.#cache.find({ ...this.#first!, realm: `Realm${i}` });
        expect(found !== undefined, `Realm${i}`).toBe(expected);
      }
    },
    lookup: (step) => {
      const identity = this.#cache.find(step)?.credentials.identity as Identity | undefined;
      expect(identity?.username ?? null).toBe(step.expectUser);
    },
    lookupByPath: (step) => {
      const found = this.#cache.findByPath(step.target, step.origin, step.path, step.partition);
      expect(found?.realm ?? null).toBe(step.expectRealm);
      if (step.expectScheme !== undefined) expect(found?.scheme).toBe(step.expectScheme);
    },
    paths: (step) => expect(this.#cache.find(this.#first!)?.paths).toEqual(step.expect),
    remove: (step) => {
      const { username, password } = step;
      expect(this.#cache.remove(step, { username, password })).toBe(step.expect);
    },
    clearAll: () => this.#cache.clear(),
    clearBetween: ({ from, to }) => this.#cache.clear(timeOfDay(from), timeOfDay(to)),
    clock: ({ time }) => {
      this.#now = timeOfDay(time);
    },
    partitionServerEntries: ({ enabled }) => {
      this.#cache.partitionServers = enabled;
    },
    nonceCount: (step) => expect(this.#nonceCount).toBe(step.expect),
    incrementNonceCount: (step) => {
      this.#use(this.#cache.find(this.#first!)!);
      expect(this.#nonceCount).toBe(step.expect);
    },
    updateStaleChallenge: (step) => {
      const entry = this.#cache.find({ ...this.#first!, origin: step.origin ?? this.#first!.origin });
      const challenges = parseChallenges(`${step.challenge}, stale=true`);
      expect(entry?.credentials.authorizer?.challenged(challenges) === 'stale').toBe(step.expect);
      if (entry) this.#use(entry); // the request that was stale goes out again
    },
  };

  #add(step: Step): void {
    const { username, password, scheme, realm, path } = step;
    this.#first ??= step;
    const identity = { username, password };
    const [challenge] = parseChallenges(step.challenge ?? scheme);
    const context = scopeOf(stateOf([])).context(realm, identity, connection());
    const authorizer = step.challenge === undefined ? undefined : digest().accept([challenge!], context);
    const entry = this.#cache.add(step, path, { identity, challenge: challenge!, authorizer });
    this.#use(entry);
  }

  /** Signs a request with what the entry holds, as whoever adds one does. */
  #use({ credentials }: ProtectionSpace): void {
    this.#header = (credentials.authorizer?.authorize(authRequestOf(), never) as string) ?? '';
  }

  get #nonceCount(): number {
    // Without qop the count is kept but not sent.
    const nc = authParam(parseChallenges(this.#header)[0]?.params ?? [], 'nc');
    return Number.parseInt(nc ?? '', 16);
  }
}

/** The scenario about nonce counts names no qop; counts are seen only where there is one. */
const withQop = (step: Step): Step =>
  step.challenge === undefined ? step : { ...step, challenge: `${step.challenge}, qop="auth"` };

describeVectors(new URL('./vectors/', import.meta.url), 'auth-cache', {
  scenario({ steps }: { readonly steps: readonly Step[] }) {
    const scenario = new Scenario();
    for (const step of steps) {
      const run = scenario.steps[step.op];
      if (run === undefined) throw new Error(`Unknown operation "${step.op}"`);
      run(withQop(step));
    }
  },

  async preemptive(v: Preemptive) {
    const scheme: AuthScheme =
      { basic: basic(), digest: digest() }[v.scheme] ?? connectionScheme({ name: v.scheme }).scheme;
    const state = stateOf([scheme], { credentials: async () => alice });
    const make = (url: string) =>
      v.proxy === undefined
        ? serverController(state, url)
        : new AuthController(state, endpointOf(v.proxy, { target: 'proxy' }), requestOf(url));
    const first = make(v.protectedUrl ?? v.requestUrl);
    const field = v.proxy === undefined ? 'www-authenticate' : 'proxy-authenticate';
    const status = v.proxy === undefined ? 401 : 407;
    const here = connection();
    expect(await first.header(here, caller)).toBeUndefined();
    const reply = first.challenged(status, { [field]: CHALLENGES[v.scheme]! }, here, never);
    expect(await reply?.next).toBe('retry');
    expect(await first.header(here, caller)).toBeDefined();
    await first.finished(200, {}, here);

    const sent = await make(v.requestUrl).header(connection(), caller);
    expect(sent !== undefined).toBe(v.headerSentFirst);
    if (v.nc !== undefined) expect(sent).toContain(`nc=${v.nc}`);
  },

  limits({ maxRealmEntries, maxPathsPerEntry }: Limits) {
    const cache = new AuthCache();
    const key = { target: 'server', origin: 'http://web.test:80', scheme: 'basic' } as const;
    const credentials = { identity: alice, challenge: parseChallenges('Basic')[0]! };
    const add = (realm: string, path: string) => cache.add({ ...key, realm }, path, credentials);
    const has = (realm: string) => cache.find({ ...key, realm }) !== undefined;
    for (let i = 0; i < maxRealmEntries; i++) add(`realm ${i}`, '/');
    expect(has('realm 0')).toBe(true); // used, so that it is not the oldest any more
    add('one more', '/');
    expect(cache.size).toBe(maxRealmEntries);
    expect([has('realm 0'), has('realm 1'), has('one more')]).toEqual([true, false, true]);

    for (let i = 0; i <= maxPathsPerEntry; i++) add('paths', `/${i}/`);
    const { paths } = cache.find({ ...key, realm: 'paths' })!;
    expect(paths).toEqual(Array.from({ length: maxPathsPerEntry }, (_, i) => `/${maxPathsPerEntry - i}/`));
  },
});
