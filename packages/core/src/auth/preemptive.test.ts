import type { Authorizer } from '@netloom/contracts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  alice,
  caller,
  connection,
  never,
  PROXY,
  requestOf,
  requestScheme,
  schemeError,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import { AuthController } from './controller.js';
import { digest } from './digest/index.js';

const on401 = (controller: AuthController, fields: string) =>
  controller.challenged(401, { 'www-authenticate': fields }, connection(), never)?.next;

describe('credentials of a protection space', () => {
  it('are sent unasked within it, and the count of the nonce goes on', async () => {
    const state = stateOf([digest()], { credentials: async () => alice });
    const first = serverController(state, 'http://web.test/a/index');
    await on401(first, 'Digest realm="r", nonce="n", qop="auth"');
    expect(first.header(connection(), caller)).toContain('nc=00000001');
    expect(serverController(state, 'http://web.test/a/b/c').header(connection(), caller)).toContain('nc=00000002');
    expect(serverController(state, 'http://web.test/').header(connection(), caller)).toBeUndefined();
    expect(serverController(state, 'http://web.test/a/').header(connection(), caller)).toContain('nc=00000003');
  });

  it('are made once for each round, however often they are asked for', async () => {
    const state = stateOf([digest()], { credentials: async () => alice });
    await on401(serverController(state), 'Digest realm="r", nonce="n", qop="auth"');
    const controller = serverController(state);
    const sent = controller.header(connection(), caller);
    expect(controller.header(connection(), caller)).toBe(sent);
    controller.finished(200, {}, connection());
    expect(controller.header(connection(), caller)).not.toBe(sent);
  });

  it('take the nonce that the server gives for the next time', async () => {
    const state = stateOf([digest()], { credentials: async () => alice });
    const controller = serverController(state);
    await on401(controller, 'Digest realm="r", nonce="n", qop="auth"');
    controller.header(connection(), caller);
    controller.finished(200, { 'authentication-info': 'nextnonce="m"' }, connection());
    expect(serverController(state).header(connection(), caller)).toMatch(/nonce="m".*nc=00000001/);
  });

  it('of a proxy are sent to it whatever is asked for, and its field is its own', async () => {
    const state = stateOf([digest()], { credentials: async () => alice });
    const proxy = (url: string) => new AuthController(state, PROXY, requestOf(url));
    const controller = proxy('http://web.test/a/');
    const offer = 'Digest realm="r", nonce="n", qop="auth"';
    await controller.challenged(407, { 'proxy-authenticate': offer }, connection(), never)?.next;
    controller.header(connection(), caller);
    const headers = { 'authentication-info': 'nextnonce="wrong"', 'proxy-authentication-info': 'nextnonce="m"' };
    controller.finished(401, headers, connection());
    expect(proxy('http://other.test/').header(connection(), caller)).toContain('nonce="m"');
  });

  it('are forgotten with the cache', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state), 'Basic');
    state.clear();
    expect(state.isIdleAt('server')).toBe(true);
    expect(serverController(state).header(connection(), caller)).toBeUndefined();
  });

  it('are not used when their scheme is not there any more', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state), 'Basic');
    const other = stateOf([digest()], { cache: state.cache });
    expect(serverController(other).header(connection(), caller)).toBeUndefined();
    expect(serverController(other).identityKey()).toBeUndefined();
  });

  it('that cannot be made leave the request without a header', async () => {
    let broken = false;
    const { scheme } = requestScheme({
      accept: () => ({
        authorize: () => {
          if (broken) throw schemeError('disable-scheme', 'the key has expired');
          return 'Scripted';
        },
        challenged: () => 'rejected',
      }),
    });
    const state = stateOf([scheme], { credentials: async () => alice });
    await on401(serverController(state), 'Scripted');
    broken = true;
    const controller = serverController(state);
    expect(await controller.header(connection(), caller)).toBeUndefined();
    expect(await on401(controller, 'Scripted')).toBeUndefined();
    expect(controller.error().tried).toEqual([{ scheme: 'scripted', reason: 'the key has expired' }]);
    expect(controller.error().cause).toMatchObject({ detail: 'the key has expired', effect: 'disable-scheme' });
  });
});

describe('a scheme that needs no challenge', () => {
  const signing = (changes = {}) =>
    requestScheme({
      usesIdentity: false,
      preemptive: ({ host }) =>
        host === 'web.test'
          ? { authorize: ({ method, uri }) => `Scripted ${method} ${uri}`, challenged: () => 'rejected' }
          : undefined,
      ...changes,
    });

  it('signs the requests that it wants to', () => {
    const state = stateOf([basic(), signing().scheme]);
    expect(state.isIdleAt('server')).toBe(false);
    expect(serverController(state, 'http://web.test/x').header(connection(), caller)).toBe('Scripted GET /x');
    expect(serverController(state, 'http://other.test/').header(connection(), caller)).toBeUndefined();
    expect(serverController(state, 'http://web.test/', { privacy: true }).header(connection(), caller)).toBeUndefined();
  });

  it('is not repeated when it was refused', () => {
    const controller = serverController(stateOf([signing().scheme], { credentials: async () => alice }));
    controller.header(connection(), caller);
    expect(on401(controller, 'Scripted')).toBeUndefined();
    expect(controller.error()).toMatchObject({ code: 'ERR_PROXY_AUTH_UNSUPPORTED', tried: [{ scheme: 'scripted' }] });
  });

  it('may be asked with an identity when it was refused', async () => {
    const state = stateOf([signing({ usesIdentity: true }).scheme], { credentials: async () => alice });
    const controller = serverController(state);
    controller.header(connection(), caller);
    expect(await on401(controller, 'Scripted')).toBe('retry');
    expect(controller.header(connection(), caller)).toBe('Scripted alice 1');
  });

  it('is passed over when it cannot be used', () => {
    const preemptive = () => {
      throw schemeError('disable-scheme');
    };
    expect(serverController(stateOf([signing({ preemptive }).scheme])).header(connection(), caller)).toBeUndefined();
  });

  it('is not lost with the connection: whether the request may go again is not for sign-in to say', () => {
    const here = connection();
    const controller = serverController(stateOf([signing().scheme]));
    controller.header(here, caller);
    expect(controller.lost(here)).toBe(false);
  });
});

describe('a hash of the body', () => {
  const needing = () =>
    requestScheme({
      needs: { bodyHash: 'sha256' },
      accept: () => ({ authorize: ({ bodyHash }) => `Scripted ${bodyHash}`, challenged: () => 'rejected' }),
    }).scheme;

  it('is made for a scheme that needs it', async () => {
    const bodyHash = vi.fn(async () => 'abc');
    const state = stateOf([needing()], { credentials: async () => alice });
    const controller = serverController(state, undefined, { bodyHash });
    expect(await on401(controller, 'Scripted')).toBe('retry');
    expect(controller.header(connection(), caller)).toBe('Scripted abc');
    expect(bodyHash).toHaveBeenCalledWith('sha256');
  });

  it('is made for an authorizer whose challenge needs it, and by its algorithm', async () => {
    const bodyHash = vi.fn(async () => 'abc');
    const state = stateOf([digest()], { credentials: async () => alice });
    const controller = serverController(state, undefined, { bodyHash });
    await on401(controller, 'Digest realm="r", nonce="n", qop="auth-int", algorithm=SHA-512-256');
    expect(bodyHash).toHaveBeenCalledWith('sha512-256');
    expect(await controller.header(connection(), caller)).toContain('qop=auth-int');
  });

  it('that cannot be made excludes the scheme', async () => {
    const controller = serverController(stateOf([needing(), basic()], { credentials: async () => alice }));
    expect(await on401(controller, 'Scripted, Basic realm="r"')).toBe('retry');
    expect(controller.header(connection(), caller)).toMatch(/^Basic /);
    expect(controller.error().tried[0]).toEqual({
      scheme: 'scripted',
      reason: 'it needs a hash of the body, which cannot be read twice',
    });
  });
});

describe('AuthState', () => {
  it.each([
    [{ schemes: 'basic' }, 'The sign-in schemes must be an array, such as [digest(), basic()]'],
    [{ schemes: [undefined] }, 'A sign-in scheme must be an object with a name in lower case, not undefined'],
    [
      { schemes: [{ ...basic(), name: 'Basic' }] },
      'A sign-in scheme must be an object with a name in lower case, not Basic',
    ],
    [{ schemes: [basic(), basic()] }, 'The sign-in scheme basic is listed twice'],
    [{ schemes: [{ name: 'x', connectionBound: false }] }, 'The sign-in scheme x must have a method accept'],
    [
      { schemes: [{ name: 'x', connectionBound: true, accept: () => undefined }] },
      'The sign-in scheme x must have a method start',
    ],
    [{ schemes: [], credentials: alice }, 'The credentials provider must be a function, not object'],
    [{ schemes: [], allowlist: 7 }, 'The allowlist must be a string of host rules such as "*.corp.test", not number'],
  ])('refuses %j', (options, message) => {
    expect(() => stateOf([], options as never)).toThrow(new TypeError(message));
  });

  it('forgets what was learnt within a time', async () => {
    let now = 1000;
    const clock = { now: () => now, setTimeout: () => ({ cancel: () => undefined }) };
    const state = stateOf([basic()], { clock, credentials: async () => alice });
    await on401(serverController(state, 'http://one.test/'), 'Basic');
    now = 2000;
    await on401(serverController(state, 'http://two.test/'), 'Basic');
    state.clear(1500, 2500);
    expect(serverController(state, 'http://one.test/').header(connection(), caller)).toBeDefined();
    expect(serverController(state, 'http://two.test/').header(connection(), caller)).toBeUndefined();
  });
});

describe('the signal of a request', () => {
  /** Counts how often somebody asks for the signal. */
  const counting = () => {
    const abort = new AbortController();
    const asked = { times: 0 };
    return {
      abort,
      asked,
      get signal() {
        asked.times += 1;
        return abort.signal;
      },
    };
  };
  const given: AbortSignal[] = [];
  const scheme = (changes: Partial<Authorizer>) =>
    requestScheme({
      usesIdentity: false,
      preemptive: () => ({
        authorize: (_request, signal) => {
          given.push(signal);
          return 'Scripted';
        },
        challenged: () => 'rejected',
        ...changes,
      }),
    }).scheme;

  beforeEach(() => {
    given.length = 0;
  });

  it.each([['Basic'], ['Digest nonce="n", qop=auth']])('is not made for %s', async (challenge) => {
    const state = stateOf([digest(), basic()], { credentials: async () => alice });
    await on401(serverController(state), challenge);
    const request = counting();
    expect(serverController(state).header(connection(), request)).toMatch(/^(Basic|Digest) /);
    expect(request.asked.times).toBe(0);
  });

  it('is given to a scheme that says nothing about it', () => {
    const abort = new AbortController();
    serverController(stateOf([scheme({})])).header(connection(), abort);
    expect(given).toEqual([abort.signal]);
  });

  it('is not made for a scheme that does not look at it', () => {
    const request = counting();
    serverController(stateOf([scheme({ needs: { signal: false } })])).header(connection(), request);
    expect(request.asked.times).toBe(0);
    request.abort.abort();
    expect(given[0]?.aborted).toBe(false);
  });

  it('ends the wait for a scheme that does not look at it', async () => {
    const authorize = () => new Promise<string>(() => undefined);
    const request = counting();
    const header = serverController(stateOf([scheme({ authorize, needs: { signal: false } })])).header(
      connection(),
      request,
    );
    request.abort.abort(new Error('enough'));
    await expect(header).rejects.toThrow('enough');
  });
});
