import { describe, expect, it } from 'vitest';
import {
  alice,
  base64,
  bob,
  type ConversationScript,
  caller,
  connection,
  connectionScheme,
  never,
  on401,
  PROXY,
  requestOf,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import type { AuthConnection } from './connection.js';
import { AuthController } from './controller.js';

/** A client with the scripted connection-bound scheme, and what the scheme was told. */
function boundState(script: ConversationScript = {}) {
  const { scheme, log } = connectionScheme(script);
  const state = stateOf([scheme, basic()], { credentials: async () => alice });
  return { state, log };
}

/** Takes a request through the whole sign-in on a connection. */
async function signIn(controller: AuthController, here: AuthConnection): Promise<void> {
  await on401(controller, 'Bound', here);
  await controller.header(here, caller);
  await on401(controller, 'Bound bm9uY2U=', here);
  await controller.header(here, caller);
  await controller.finished(200, {}, here);
}

describe('a connection that is shared by requests', () => {
  it('is left for one of HTTP/1.1 where the scheme needs it', async () => {
    const { state } = boundState();
    const controller = serverController(state);
    expect(await on401(controller, 'Bound', connection({ multiplexed: true }))).toEqual({
      hold: false,
      next: 'retry-http1',
    });
    expect(await controller.header(connection(), caller)).toBe(`Bound ${base64('alice 1')}`);
  });

  it('is not marked, and gets the first token with each request, where the scheme does not', async () => {
    const { state, log } = boundState({ requiresHttp1: false });
    const here = connection({ multiplexed: true });
    const controller = serverController(state);
    expect(await on401(controller, 'Bound', here)).toEqual({ hold: false, next: 'retry' });
    await controller.header(here, caller);
    await controller.finished(200, {}, here);
    expect(here.serverIdentity).toBeUndefined();
    expect(await serverController(state).header(here, caller)).toBe(`Bound ${base64('alice 1')}`);
    expect(log.filter((line) => line.startsWith('start'))).toHaveLength(2);
  });
});

describe('a connection that was lost', () => {
  it('between rounds has the sign-in begin again on a new one, three times', async () => {
    const { state, log } = boundState();
    const controller = serverController(state);
    let here = connection();
    await on401(controller, 'Bound', here);
    for (let restart = 1; restart <= 4; restart++) {
      expect(await controller.header(here, caller)).toBe(`Bound ${base64('alice 1')}`);
      await on401(controller, 'Bound bm9uY2U=', here);
      expect(controller.lost(here)).toBe(restart <= 3);
      here = connection();
    }
    expect(log.filter((line) => line.startsWith('dispose'))).toHaveLength(4);
    expect(log.join()).not.toContain('AGAIN');
  });

  it('is no business of another one', async () => {
    const { state } = boundState();
    const controller = serverController(state);
    const here = connection();
    await on401(controller, 'Bound', here);
    await controller.header(here, caller);
    expect(controller.lost(connection())).toBe(false);
    expect(controller.lost(here)).toBe(true);
  });

  it('has the conversation begin anew where the next request goes on another one unannounced', async () => {
    const { state, log } = boundState();
    const controller = serverController(state);
    await on401(controller, 'Bound', connection());
    await controller.header(connection(), caller);
    await controller.header(connection(), caller);
    expect(log).toEqual(['start #1 alice', 'step #1 -', 'dispose #1', 'start #2 alice', 'step #2 -']);
  });
});

describe('a connection that is signed in', () => {
  it('is the one that later requests want, and needs no header', async () => {
    const { state, log } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    log.length = 0;
    const later = serverController(state, 'http://web.test/other/path');
    expect(later.identityKey()).toBe(here.serverIdentity?.identity);
    expect(later.header(here, caller)).toBeUndefined();
    expect(later.scheme).toBe('bound');
    expect(later.finished(200, {}, here)).toBeUndefined();
    expect(log).toEqual([]);
  });

  it('belongs to one identity, whose name does not tell its secrets', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    const key = here.serverIdentity?.identity;
    expect(serverController(state, undefined, { urlIdentity: { ...alice } }).identityKey()).toBe(key);
    expect(serverController(state, undefined, { urlIdentity: bob }).identityKey()).toBeUndefined();
    expect(serverController(state, undefined, { privacy: true }).identityKey()).toBeUndefined();
    expect(serverController(state, 'http://other.test/').identityKey()).toBeUndefined();
    expect(key).not.toContain('alice');
    const names = [alice, bob, { ...alice, password: 'x' }, { ...alice, domain: 'D' }, 'ambient' as const];
    expect(new Set(names.map((identity) => state.identityKeys.of(identity))).size).toBe(names.length);
  });

  it('is signed in at one origin, where one connection to a proxy serves several', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    await signIn(serverController(state, 'http://other.test/'), here);
    expect(here.serverIdentity?.origin).toBe('http://other.test:80');
    const proxy = new AuthController(state, PROXY, requestOf());
    await proxy.challenged(407, { 'proxy-authenticate': 'Bound' }, here, never)?.next;
    await proxy.header(here, caller);
    await proxy.finished(200, {}, here);
    expect(here.proxyIdentity).toBe(proxy.identityKey());
    expect(here.serverIdentity?.origin).toBe('http://other.test:80');
  });

  it('serves the rest of the transaction as well', async () => {
    const { state, log } = boundState();
    const here = connection();
    const proxy = new AuthController(state, PROXY, requestOf());
    await proxy.challenged(407, { 'proxy-authenticate': 'Bound' }, here, never)?.next;
    await proxy.header(here, caller);
    await proxy.finished(401, {}, here); // the proxy is content, the server asks
    expect(proxy.header(here, caller)).toBeUndefined();
    expect(log).toEqual(['start #1 alice', 'step #1 -', 'finish #1 401', 'dispose #1']);
  });

  it('is so no more when it is challenged', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    const later = serverController(state);
    later.header(here, caller);
    expect(await on401(later, 'Bound', here)).toEqual({ hold: true, next: 'retry' });
    expect(here.serverIdentity).toBeUndefined();
    expect(await later.header(here, caller)).toBe(`Bound ${base64('alice 1')}`);
    await later.finished(200, {}, here);
    expect(here.serverIdentity).toBeDefined();
  });
});

describe('a peer that wants every request signed', () => {
  it('gets the first token at once after it has asked on a signed-in connection', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    const second = serverController(state);
    expect(second.header(here, caller)).toBeUndefined();
    await on401(second, 'Bound', here);
    await second.header(here, caller);
    await second.finished(200, {}, here);
    expect(await serverController(state).header(here, caller)).toBe(`Bound ${base64('alice 1')}`);
    expect(await serverController(state).header(connection(), caller)).toBe(`Bound ${base64('alice 1')}`);
  });

  it('is known from a request that was challenged elsewhere and then came to the connection', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    const second = serverController(state);
    await on401(second, 'Bound', connection({ multiplexed: true }));
    expect(await second.header(here, caller)).toBeUndefined();
    await on401(second, 'Bound', here);
    expect(await serverController(state).header(connection(), caller)).toBe(`Bound ${base64('alice 1')}`);
  });

  it('is not taken for one when a connection that has served unsigned requests loses its sign-in', async () => {
    const { state } = boundState();
    const here = connection();
    await signIn(serverController(state), here);
    const second = serverController(state);
    second.header(here, caller);
    second.finished(200, {}, here);
    const third = serverController(state);
    third.header(here, caller);
    await on401(third, 'Bound', here);
    expect(serverController(state).header(connection(), caller)).toBeUndefined();
  });

  it('says so by Persistent-Auth, or the opposite', async () => {
    for (const [value, expected] of [
      ['false', `Bound ${base64('alice 1')}`],
      [' TRUE ', undefined],
      ['', undefined],
    ] as const) {
      const { state } = boundState();
      const controller = serverController(state);
      const here = connection();
      await on401(controller, 'Bound', here);
      await controller.header(here, caller);
      await controller.finished(200, { 'persistent-auth': value }, here);
      expect(await serverController(state).header(here, caller), value).toBe(expected);
    }
  });
});
