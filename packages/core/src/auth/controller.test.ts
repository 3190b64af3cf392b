import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AuthScheme } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import {
  alice,
  askingProvider,
  bob,
  caller,
  connection,
  connectionScheme,
  never,
  nobody,
  on401,
  PROXY,
  requestOf,
  serverController,
  stateOf,
  userOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import { AuthController } from './controller.js';
import { digest } from './digest/index.js';

const BASIC = 'Basic realm="r"';
const DIGEST = 'Digest realm="r", nonce="n", qop="auth"';

describe('a request of which nothing is known', () => {
  it('is sent without a header, at once', () => {
    const controller = serverController(stateOf([digest(), basic()], { credentials: nobody }));
    expect(controller.identityKey()).toBeUndefined();
    expect(controller.scheme).toBeUndefined();
    expect(controller.header(connection(), caller)).toBeUndefined();
    expect(controller.finished(200, {}, connection())).toBeUndefined();
    expect(controller.lost(connection())).toBe(false);
    controller.dispose();
  });

  it.each([
    ['without a challenge', undefined],
    ['with an empty one', ''],
    ['with schemes that nobody knows', ['Fake realm="x"', 'Other']],
    ['with a challenge that cannot be answered', 'Digest realm="r"'],
  ])('gives its 401 to the caller %s', async (_what, fields) => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([digest(), connectionScheme().scheme], { credentials: provider }));
    expect(controller.challenged(401, { 'www-authenticate': fields }, connection(), never)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('gives its 401 to the caller where nobody can be asked', async () => {
    const controller = serverController(stateOf([basic()]));
    expect(await on401(controller, BASIC)).toBeUndefined();
    expect(controller.error()).toMatchObject({
      offered: ['basic'],
      tried: [{ scheme: 'basic', reason: 'no credentials are known' }],
    });
  });
});

describe('a refusal', () => {
  it('asks again, and says who was refused', async () => {
    const { asked, provider } = askingProvider(({ attempt }) => (attempt === 1 ? alice : bob));
    const controller = serverController(stateOf([basic()], { credentials: provider }));
    await on401(controller, BASIC);
    controller.header(connection(), caller);
    expect(await on401(controller, BASIC)).toEqual({ hold: false, next: 'retry' });
    expect(userOf(controller.header(connection(), caller))).toBe('bob');
    expect(asked).toMatchObject([
      { attempt: 1, rejected: undefined },
      { attempt: 2, rejected: alice },
    ]);
  });

  it('does not send what was refused again, however often the provider says it', async () => {
    const { asked, provider } = askingProvider(() => ({ ...alice }));
    const controller = serverController(stateOf([basic()], { credentials: provider }));
    await on401(controller, BASIC);
    controller.header(connection(), caller);
    expect(await on401(controller, BASIC)).toEqual({ hold: false, next: 'deliver' });
    expect(asked).toHaveLength(2);
    expect(controller.error()).toMatchObject({
      code: 'ERR_PROXY_AUTH_REQUESTED',
      tried: [{ scheme: 'basic', reason: 'the server refused the identity (401)' }],
    });
  });

  it('forgets the identity, but not one that another request has learnt meanwhile', async () => {
    const state = stateOf([basic()], { credentials: async ({ rejected }) => (rejected ? bob : alice) });
    const [first, second] = [serverController(state), serverController(state)];
    await on401(first, BASIC);
    first.header(connection(), caller);
    await on401(second, BASIC);
    second.header(connection(), caller);
    await on401(first, BASIC); // alice is forgotten, bob is asked for
    await on401(second, BASIC);
    expect(userOf(second.header(connection(), caller))).toBe('bob');
    expect(userOf(serverController(state).header(connection(), caller))).toBe('bob');
  });

  it('of what was sent unasked may be answered with the same identity once', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const state = stateOf([digest()], { credentials: provider });
    await on401(serverController(state), DIGEST);
    const later = serverController(state);
    expect(later.header(connection(), caller)).toContain('nonce="n"');
    const restarted = 'Digest realm="r", nonce="of another life", qop="auth"';
    expect(await on401(later, restarted)).toMatchObject({ next: 'retry' });
    expect(later.header(connection(), caller)).toContain('nonce="of another life"');
    expect(await on401(later, restarted)).toMatchObject({ next: 'deliver' });
    expect(asked).toMatchObject([{ attempt: 1 }, { attempt: 1, rejected: alice }, { attempt: 2, rejected: alice }]);
  });

  it('in another realm begins anew there, and keeps what a path had led to', async () => {
    const { asked, provider } = askingProvider(({ realm }) => (realm === 'r' ? alice : bob));
    const state = stateOf([basic()], { credentials: provider });
    await on401(serverController(state, 'http://web.test/'), BASIC);
    const controller = serverController(state, 'http://web.test/private/');
    expect(userOf(controller.header(connection(), caller))).toBe('alice');
    await on401(controller, 'Basic realm="private"');
    expect(userOf(controller.header(connection(), caller))).toBe('bob');
    expect(asked[1]).toMatchObject({ realm: 'private', attempt: 1, rejected: undefined });
    expect(userOf(serverController(state, 'http://web.test/').header(connection(), caller))).toBe('alice');
  });

  it('that is none, since the nonce was old, asks nobody', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([digest()], { credentials: provider }));
    await on401(controller, DIGEST);
    controller.header(connection(), caller);
    expect(await on401(controller, 'Digest realm="r", nonce="new", qop="auth", stale=true')).toMatchObject({
      next: 'retry',
    });
    expect(controller.header(connection(), caller)).toMatch(/nonce="new".*nc=00000001/);
    expect(asked).toHaveLength(1);
  });

  it('by a change of scheme goes on with the other one', async () => {
    const controller = serverController(stateOf([digest(), basic()], { credentials: async () => alice }));
    await on401(controller, DIGEST);
    controller.header(connection(), caller);
    expect(await on401(controller, BASIC)).toMatchObject({ next: 'retry' });
    expect(controller.header(connection(), caller)).toMatch(/^Basic /);
  });

  it('for ever ends after 32 rounds', async () => {
    let serial = 0;
    const state = stateOf([basic()], { credentials: async () => ({ username: `user ${++serial}`, password: '' }) });
    const controller = serverController(state);
    for (let round = 1; round <= 32; round++) {
      expect(await on401(controller, BASIC)).toMatchObject({ next: 'retry' });
      controller.header(connection(), caller);
    }
    await expect(on401(controller, BASIC)).rejects.toMatchObject({
      code: 'ERR_TOO_MANY_RETRIES',
      url: 'http://web.test/',
    });
    expect(serial).toBe(32);
  });

  it('with stale nonces for ever ends after 32 rounds', async () => {
    const controller = serverController(stateOf([digest()], { credentials: async () => alice }));
    const stale = `${DIGEST}, stale=true`;
    for (let round = 1; round <= 32; round++) {
      await on401(controller, stale);
      controller.header(connection(), caller);
    }
    await expect(on401(controller, stale)).rejects.toMatchObject({ code: 'ERR_TOO_MANY_RETRIES' });
  });
});

describe('error', () => {
  const proxy = (schemes: readonly AuthScheme[], credentials = async (): Promise<undefined> => undefined) =>
    new AuthController(stateOf(schemes, { credentials }), PROXY, requestOf());

  it('says that nothing offered can be used', () => {
    const controller = proxy([digest(), basic({ allowOverHttp: false })]);
    const offered = { 'proxy-authenticate': ['Fake', BASIC, 'Digest realm="r"'] };
    expect(controller.challenged(407, offered, connection(), never)).toBeUndefined();
    const error = controller.error('https://web.test/secret');
    expect(error).toMatchObject({
      code: 'ERR_PROXY_AUTH_UNSUPPORTED',
      url: 'https://web.test/secret',
      proxy: 'http://proxy.test:3128',
      offered: ['fake', 'basic', 'digest'],
    });
    expect(error.message).toBe(
      'net::ERR_PROXY_AUTH_UNSUPPORTED: offered: fake, basic, digest; ' +
        'digest: the challenge cannot be answered; basic: the challenge cannot be answered',
    );
  });

  it('says that credentials were wanted', async () => {
    const controller = proxy([basic()]);
    const reply = controller.challenged(407, { 'proxy-authenticate': BASIC }, connection(), never);
    expect(await reply?.next).toBe('deliver');
    expect(controller.error().code).toBe('ERR_PROXY_AUTH_REQUESTED');
  });
});

describe('diagnostics channels', () => {
  it('tell of challenges and tokens without secrets', async () => {
    const events: unknown[] = [];
    const listen = (event: unknown, name: string | symbol) => events.push({ name, ...(event as object) });
    subscribe('netloom:challenge', listen);
    subscribe('netloom:token-sent', listen);
    const controller = serverController(stateOf([digest(), basic()], { credentials: async () => alice }));
    await on401(controller, ['Fake', BASIC]);
    controller.header(connection(), caller);
    unsubscribe('netloom:challenge', listen);
    unsubscribe('netloom:token-sent', listen);
    const where = { target: 'server', host: 'web.test', port: 80, round: 1 };
    expect(events).toEqual([
      { name: 'netloom:challenge', ...where, schemes: ['fake', 'basic'] },
      { name: 'netloom:token-sent', ...where, schemes: ['basic'] },
    ]);
  });
});
