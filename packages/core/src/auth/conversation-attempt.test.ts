import { describe, expect, it, vi } from 'vitest';
import {
  alice,
  base64,
  bob,
  type ConversationScript,
  caller,
  connection,
  connectionScheme,
  endpointOf,
  never,
  on401,
  PROXY,
  requestOf,
  requestScheme,
  schemeError,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import type { AuthConnection } from './connection.js';
import { AuthController } from './controller.js';

const SERVER = 'http://web.test:80';

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

describe('a conversation', () => {
  it('runs on one connection to its end, and signs it in', async () => {
    const { state, log } = boundState();
    const controller = serverController(state);
    const here = connection();
    // Nobody has to hold the connection while the provider is asked, so the conversation begins with the next request.
    expect(await on401(controller, 'Bound', here)).toEqual({ hold: false, next: 'retry' });
    expect(await controller.header(here, caller)).toBe(`Bound ${base64('alice 1')}`);
    expect(await on401(controller, 'Bound bm9uY2U=', here)).toEqual({ hold: true, next: 'retry' });
    expect(await controller.header(here, caller)).toBe(`Bound ${base64('alice 2')}`);
    expect(here.serverIdentity).toBeUndefined();
    await controller.finished(200, {}, here);
    expect(here.serverIdentity).toEqual({ origin: SERVER, identity: controller.identityKey() });
    controller.dispose();
    expect(log).toEqual(['start #1 alice', 'step #1 -', 'step #1 bm9uY2U=', 'finish #1 200', 'dispose #1']);
  });

  it('is held to its connection from the first challenge on when the identity is known', async () => {
    const { state } = boundState();
    await signIn(serverController(state), connection());
    const controller = serverController(state, 'http://web.test/elsewhere/');
    expect(await on401(controller, 'Bound', connection())).toEqual({ hold: true, next: 'retry' });
  });

  it('sends the same token until an answer comes', async () => {
    const { state, log } = boundState();
    const controller = serverController(state);
    const here = connection();
    await on401(controller, 'Bound', here);
    const [first, again] = [await controller.header(here, caller), await controller.header(here, caller)];
    expect(again).toBe(first);
    expect(log).toEqual(['start #1 alice', 'step #1 -']);
  });

  it('spells the scheme as the peer does', async () => {
    const { scheme } = connectionScheme();
    const controller = serverController(stateOf([scheme], { credentials: async () => alice }));
    const here = connection();
    await on401(controller, 'bOuNd realm="x"', here);
    expect(await controller.header(here, caller)).toMatch(/^bOuNd /);
  });

  it('may begin with an empty token', async () => {
    const { state } = boundState({ step: async () => new Uint8Array() });
    const controller = serverController(state);
    await on401(controller, 'Bound', connection());
    expect(await controller.header(connection(), caller)).toBe('Bound');
  });

  it('sends the bytes of a view, not those around it', async () => {
    const { state } = boundState({ step: async () => new Uint8Array(Buffer.from('..token..')).subarray(2, 7) });
    const controller = serverController(state);
    await on401(controller, 'Bound', connection());
    expect(await controller.header(connection(), caller)).toBe(`Bound ${base64('token')}`);
  });

  it('is told its channel binding, and the final token', async () => {
    const binding = { type: 'tls-server-end-point', applicationData: new Uint8Array([1]) } as const;
    const finish = vi.fn(async () => 'ok' as const);
    const { scheme } = connectionScheme({ finish });
    const start = vi.spyOn(scheme, 'start');
    const controller = serverController(stateOf([scheme], { credentials: async () => alice }), 'https://web.test/');
    const here = connection({ channelBinding: (target) => (target === 'server' ? binding : undefined) });
    await on401(controller, 'Bound', here);
    await controller.header(here, caller);
    await controller.finished(200, { 'www-authenticate': ['Other', 'Bound b2s='] }, here);
    expect(start.mock.calls[0]?.[0]).toMatchObject({
      channelBinding: binding,
      identity: alice,
      service: 'HTTP',
      protocol: 'https:',
    });
    expect(finish).toHaveBeenCalledWith({ status: 200, token: new Uint8Array(Buffer.from('ok')) });
  });

  it('fails the request when the peer does not prove itself', async () => {
    const { state, log } = boundState({ finish: async () => 'mutual-auth-failed' });
    const controller = serverController(state);
    const here = connection();
    await on401(controller, 'Bound', here);
    await controller.header(here, caller);
    await expect(controller.finished(200, {}, here)).rejects.toMatchObject({
      code: 'ERR_INVALID_RESPONSE',
      message: 'net::ERR_INVALID_RESPONSE: the server did not prove itself in the bound sign-in',
    });
    // To the peer the connection is this identity's, so nobody else may get it.
    expect(here.serverIdentity).toEqual({ origin: SERVER, identity: controller.identityKey() });
    expect(log.at(-1)).toBe('dispose #1');
  });

  it('ends when its scheme is not offered a token', async () => {
    const { state, log } = boundState();
    for (const fields of ['Bound', 'Bound !!!', 'Basic realm="r"', '']) {
      log.length = 0;
      const controller = serverController(state);
      const here = connection();
      await on401(controller, 'Bound', here);
      await controller.header(here, caller);
      await on401(controller, fields, here);
      expect(
        log.filter((line) => line.startsWith('dispose')),
        fields,
      ).toHaveLength(1);
      expect(controller.error().tried, fields).toContainEqual({
        scheme: 'bound',
        reason: 'the server refused the identity (401)',
      });
    }
  });

  it('is followed by the next identity when it was refused', async () => {
    const { scheme, log } = connectionScheme();
    const state = stateOf([scheme], { credentials: async ({ rejected }) => (rejected ? bob : alice) });
    const controller = serverController(state);
    const here = connection();
    await on401(controller, 'Bound', here);
    await controller.header(here, caller);
    await on401(controller, 'Bound', here);
    await controller.header(here, caller);
    expect(log).toEqual(['start #1 alice', 'step #1 -', 'dispose #1', 'start #2 bob', 'step #2 -']);
  });

  it('of a scheme that takes no names is not begun again once it was refused', async () => {
    const { scheme } = connectionScheme({ identities: { explicit: false, ambient: true } });
    const state = stateOf([scheme, basic()], { allowlist: '*', credentials: async () => alice });
    const controller = serverController(state);
    const here = connection();
    await on401(controller, ['Bound', 'Basic'], here);
    await controller.header(here, caller);
    expect(await on401(controller, ['Bound', 'Basic'], here)).toEqual({ hold: false, next: 'retry' });
    expect(await controller.header(here, caller)).toMatch(/^Basic /);
  });

  it('is disposed of when the transaction ends in the middle', async () => {
    const { state, log } = boundState();
    const controller = serverController(state);
    await on401(controller, 'Bound', connection());
    await controller.header(connection(), caller);
    controller.dispose();
    controller.dispose();
    expect(log.filter((line) => line.startsWith('dispose'))).toEqual(['dispose #1']);
  });
});

describe('what follows when a scheme cannot make its token', () => {
  const failing = (round: number, effect: 'disable-scheme' | 'drop-identity') =>
    boundState({
      step: async (at) => {
        if (at === round) throw schemeError(effect, 'no tickets');
        return Buffer.from('token');
      },
    });

  it('is the next scheme, found at once where the connection is held', async () => {
    const { state, log } = failing(1, 'disable-scheme');
    state.cache.add({ target: 'server', origin: SERVER, realm: '', scheme: 'bound' }, '/', {
      identity: alice,
      challenge: { scheme: 'bound', params: [], text: 'Bound' },
    });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    expect(await on401(controller, ['Bound', 'Basic'], connection())).toEqual({ hold: true, next: 'retry' });
    expect(await controller.header(connection(), caller)).toMatch(/^Basic /);
    expect(log).toEqual(['start #1 alice', 'step #1 -', 'dispose #1']);
  });

  it('is a request without a header where somebody has to be asked first', async () => {
    const { scheme } = connectionScheme({
      identities: { explicit: false, ambient: true },
      step: async () => {
        throw schemeError('disable-scheme');
      },
    });
    const state = stateOf([scheme, basic()], { allowlist: '*', credentials: async () => alice });
    const controller = serverController(state);
    const here = connection();
    expect(await on401(controller, ['Bound', 'Basic'], here)).toEqual({ hold: true, next: 'retry' });
    expect(controller.header(here, caller)).toBeUndefined();
    expect(await on401(controller, ['Bound', 'Basic'], here)).toEqual({ hold: false, next: 'retry' });
    expect(await controller.header(here, caller)).toMatch(/^Basic /);
  });

  it('are the schemes of the first challenge when it fails in a later round', async () => {
    const { state } = failing(2, 'disable-scheme');
    const controller = serverController(state, undefined, { urlIdentity: alice });
    const here = connection();
    await on401(controller, ['Bound', 'Basic realm="r"'], here);
    await controller.header(here, caller);
    expect(await on401(controller, 'Bound bm9uY2U=', here)).toEqual({ hold: true, next: 'retry' });
    expect(await controller.header(here, caller)).toMatch(/^Basic /);
  });

  it('is another identity where that one is at fault', async () => {
    const { scheme, log } = connectionScheme({
      step: async () => {
        if (log.at(-2)?.endsWith('alice')) throw schemeError('drop-identity', 'the password has expired');
        return Buffer.from('token');
      },
    });
    const state = stateOf([scheme], { credentials: async ({ rejected }) => (rejected ? bob : alice) });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    expect(await on401(controller, 'Bound', connection())).toEqual({ hold: true, next: 'retry' });
    expect(controller.error().tried).toEqual([{ scheme: 'bound', reason: 'the password has expired' }]);
    await on401(controller, 'Bound', connection());
    expect(await controller.header(connection(), caller)).toBe(`Bound ${base64('token')}`);
    expect(log).toContain('start #2 bob');
  });
});

describe('two endpoints', () => {
  it('are signed in to on one connection, each by its own controller', async () => {
    const { scheme: atServer } = connectionScheme({ name: 'bound' });
    const { scheme: atProxy } = requestScheme();
    const state = stateOf([atServer, atProxy], {
      credentials: async ({ target }) => (target === 'proxy' ? bob : alice),
    });
    const here = connection();
    const server = new AuthController(state, endpointOf(), requestOf());
    const proxy = new AuthController(state, PROXY, requestOf());
    await proxy.challenged(407, { 'proxy-authenticate': 'Scripted' }, here, never)?.next;
    expect([await server.header(here, caller), await proxy.header(here, caller)]).toEqual([
      undefined,
      'Scripted bob 1',
    ]);
    proxy.finished(401, {}, here);
    await on401(server, 'Bound', here);
    expect([await server.header(here, caller), await proxy.header(here, caller)]).toEqual([
      `Bound ${base64('alice 1')}`,
      'Scripted bob 2',
    ]);
  });
});
