import type { Identity, RequestScheme } from '@netloom/contracts';
import { describe, expect, it, vi } from 'vitest';
import {
  alice,
  askingProvider,
  bob,
  caller,
  connection,
  connectionScheme,
  endpointOf,
  never,
  nobody,
  on401,
  PROXY,
  requestOf,
  requestScheme,
  schemeError,
  serverController,
  stateOf,
  userOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import { AuthController } from './controller.js';
import { digest } from './digest/index.js';

const BASIC = 'Basic realm="r"';
const DIGEST = 'Digest realm="r", nonce="n", qop="auth"';

describe('the choice of a scheme', () => {
  it('follows the order of the client, not of the server', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([basic(), digest()], { credentials: provider }));
    expect(await on401(controller, [DIGEST, BASIC])).toEqual({ hold: false, next: 'retry' });
    expect(controller.header(connection(), caller)).toMatch(/^Basic /);
    expect(controller.scheme).toBe('basic');
    expect(asked[0]).toMatchObject({ scheme: 'basic', schemes: ['digest', 'basic'], realm: 'r', attempt: 1 });
  });

  it('asks a scheme which of several challenges it would answer, and for whom in that realm', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([digest()], { credentials: provider }));
    await on401(controller, ['Digest realm="weak", nonce="n"', 'Digest realm="strong", nonce="n", algorithm=SHA-256']);
    expect(asked[0]).toMatchObject({ realm: 'strong' });
    expect(controller.header(connection(), caller)).toContain('algorithm=SHA-256');
  });

  it('shows a scheme the challenges of one realm alone, the selected one first', async () => {
    const accept = vi.fn(() => undefined);
    const { scheme } = requestScheme({ accept, select: (challenges) => challenges[2] });
    const controller = serverController(stateOf([scheme], { credentials: async () => alice }));
    await on401(controller, ['Scripted realm=a, n=1', 'Scripted realm=b', 'Scripted realm=a, n=2']);
    expect(accept.mock.calls[0]).toMatchObject([
      [{ text: 'Scripted realm=a, n=2' }, { text: 'Scripted realm=a, n=1' }],
      { realm: 'a', identity: alice },
    ]);
  });

  it.each<[string, RequestScheme['accept']]>([
    [
      'cannot be used',
      () => {
        throw schemeError('disable-scheme', 'no tickets');
      },
    ],
    ['does not want to', () => undefined],
  ])('goes on with the next one when one %s', async (_what, accept) => {
    const { scheme } = requestScheme({ accept });
    const controller = serverController(stateOf([scheme, basic()], { credentials: async () => alice }));
    expect(await on401(controller, ['Scripted', BASIC])).toEqual({ hold: false, next: 'retry' });
    expect(userOf(controller.header(connection(), caller))).toBe('alice');
  });

  it('gives the answer to the caller when the last scheme is left', async () => {
    const { scheme } = requestScheme({ accept: () => undefined });
    const controller = serverController(stateOf([scheme], { credentials: async () => alice }));
    expect(await on401(controller, 'Scripted')).toEqual({ hold: false, next: 'deliver' });
    expect(controller.header(connection(), caller)).toBeUndefined();
  });
});

describe('the choice of an identity', () => {
  it('tries the one of the URL first, once, and only after it was asked for', async () => {
    const { asked, provider } = askingProvider(() => bob);
    const state = stateOf([basic()], { credentials: provider });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    const here = connection();
    expect(controller.header(here, caller)).toBeUndefined();
    await on401(controller, BASIC, here);
    expect(userOf(controller.header(here, caller))).toBe('alice');
    await on401(controller, BASIC, here);
    expect(userOf(controller.header(here, caller))).toBe('bob');
    expect(asked).toMatchObject([{ attempt: 1, rejected: alice }]);

    // It is still not sent unasked, although the server's credentials are known by now.
    expect(serverController(state, undefined, { urlIdentity: alice }).header(here, caller)).toBeUndefined();
  });

  it('does not use credentials of a URL in another realm, nor by another scheme once they were refused', async () => {
    const { asked, provider } = askingProvider(() => undefined);
    const state = stateOf([basic()], { credentials: provider });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    await on401(controller, BASIC);
    controller.header(connection(), caller);
    expect(await on401(controller, 'Basic realm="other"')).toMatchObject({ next: 'deliver' });
    expect(asked).toMatchObject([{ realm: 'other', attempt: 1, rejected: undefined }]);
  });

  it('uses what was learnt by another request, for the same realm', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state, 'http://web.test/a/b/c'), BASIC);
    const elsewhere = serverController(state, 'http://web.test/x/', {});
    expect(elsewhere.header(connection(), caller)).toBeUndefined();
    await on401(elsewhere, BASIC);
    expect(userOf(elsewhere.header(connection(), caller))).toBe('alice');
  });

  it('keeps servers, proxies, ports and protocols apart', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state, 'http://web.test/'), BASIC);
    for (const url of ['http://web.test:8080/', 'https://web.test/', 'http://www.web.test/']) {
      expect(serverController(state, url).header(connection(), caller), url).toBeUndefined();
    }
    const proxy = new AuthController(state, endpointOf('http://web.test/', { target: 'proxy' }), requestOf());
    expect(proxy.header(connection(), caller)).toBeUndefined();
    expect(serverController(state, 'http://web.test/').header(connection(), caller)).toBeDefined();
  });

  it('keeps partitions apart where the cache does', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const state = stateOf([basic()], { credentials: provider });
    state.cache.partitionServers = true;
    await on401(serverController(state, undefined, { partition: 'a' }), BASIC);
    expect(serverController(state, undefined, { partition: 'a' }).header(connection(), caller)).toBeDefined();
    expect(serverController(state, undefined, { partition: 'b' }).header(connection(), caller)).toBeUndefined();
    await on401(serverController(state, undefined, { partition: 'b' }), BASIC);
    expect(asked).toHaveLength(2);
  });

  it('keeps a proxy with credentials in its URL apart from the same one with others', async () => {
    const state = stateOf([basic()], { credentials: nobody });
    const as = (credentials: Identity) => new AuthController(state, { ...PROXY, credentials }, requestOf());
    const first = as(alice);
    expect(first.header(connection(), caller)).toBeUndefined();
    await first.challenged(407, { 'proxy-authenticate': BASIC }, connection(), never)?.next;
    expect(userOf(first.header(connection(), caller))).toBe('alice');
    expect(userOf(as(alice).header(connection(), caller))).toBe('alice');
    expect(as(bob).header(connection(), caller)).toBeUndefined();
    expect(new AuthController(state, PROXY, requestOf()).header(connection(), caller)).toBeUndefined();
  });

  it('gives the logged-in user to proxies, and to servers of the allowlist', async () => {
    const ambient = () => connectionScheme({ identities: { explicit: false, ambient: true } });
    const offer = { 'proxy-authenticate': 'Bound', 'www-authenticate': 'Bound' };
    const proxy = new AuthController(stateOf([ambient().scheme]), PROXY, requestOf());
    expect(proxy.challenged(407, offer, connection(), never)?.hold).toBe(true);
    const server = (allowlist?: string) => serverController(stateOf([ambient().scheme], { allowlist }));
    expect(server().challenged(401, offer, connection(), never)).toBeUndefined();
    const other = server('other.test');
    expect(other.challenged(401, offer, connection(), never)).toBeUndefined();
    expect(other.error().tried).toEqual([
      { scheme: 'bound', reason: 'the allowlist does not let the logged-in user in' },
    ]);
    expect(server('web.test').challenged(401, offer, connection(), never)?.hold).toBe(true);
  });

  it('takes the logged-in user from the provider for any server', async () => {
    const { scheme, log } = connectionScheme({ identities: { explicit: true, ambient: true } });
    const controller = serverController(stateOf([scheme], { credentials: async () => 'ambient' }));
    expect(await on401(controller, 'Bound')).toEqual({ hold: false, next: 'retry' });
    await controller.header(connection(), caller);
    expect(log[0]).toBe('start #1 ambient');
  });

  it('passes a scheme over that cannot sign in the logged-in user, whom the provider chose', async () => {
    const controller = serverController(stateOf([digest(), basic()], { credentials: async () => 'ambient' }));
    expect(await on401(controller, [DIGEST, BASIC])).toMatchObject({ next: 'deliver' });
    expect(controller.error().tried.map(({ scheme }) => scheme)).toEqual(['digest', 'basic']);
    expect(controller.error().message).toContain('it cannot sign in the logged-in user');
  });

  it('needs none for a scheme that brings its own secret', async () => {
    const { scheme } = requestScheme({ usesIdentity: false });
    const controller = serverController(stateOf([scheme], { credentials: nobody }));
    expect(await on401(controller, 'Scripted')).toMatchObject({ next: 'retry' });
    expect(controller.header(connection(), caller)).toBe('Scripted own 1');
    expect(await on401(controller, 'Scripted')).toBeUndefined();
  });

  it('signs nothing at servers for a request without credentials, but at proxies', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state), BASIC);
    const omit = serverController(state, undefined, { privacy: true, urlIdentity: alice });
    expect(omit.header(connection(), caller)).toBeUndefined();
    expect(omit.identityKey()).toBeUndefined();
    expect(await on401(omit, BASIC)).toBeUndefined();
    const proxy = new AuthController(state, PROXY, requestOf('http://web.test/', { privacy: true }));
    expect(proxy.challenged(407, { 'proxy-authenticate': BASIC }, connection(), never)).toBeDefined();
  });
});
