import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AuthAsk, AuthScheme, Identity, RequestScheme } from '@netloom/contracts';
import { describe, expect, it, vi } from 'vitest';
import {
  alice,
  askingProvider,
  bob,
  connection,
  connectionScheme,
  endpointOf,
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

const BASIC = 'Basic realm="r"';
const DIGEST = 'Digest realm="r", nonce="n", qop="auth"';

/** Takes a 401 and tells what follows. */
async function on401(controller: AuthController, fields: string | readonly string[], here = connection()) {
  const reply = controller.challenged(401, { 'www-authenticate': fields }, here, never);
  return reply && { hold: reply.hold, next: await reply.next };
}

const userOf = (header: string | undefined) =>
  header === undefined ? undefined : Buffer.from(header.slice('Basic '.length), 'base64').toString().split(':')[0];

/** A provider that refuses to be asked. */
const nobody = async () => {
  throw new Error('nobody was to be asked');
};

describe('a request of which nothing is known', () => {
  it('is sent without a header, at once', () => {
    const controller = serverController(stateOf([digest(), basic()], { credentials: nobody }));
    expect(controller.identityKey()).toBeUndefined();
    expect(controller.scheme).toBeUndefined();
    expect(controller.header(connection(), never)).toBeUndefined();
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

describe('the choice of a scheme', () => {
  it('follows the order of the client, not of the server', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([basic(), digest()], { credentials: provider }));
    expect(await on401(controller, [DIGEST, BASIC])).toEqual({ hold: false, next: 'retry' });
    expect(controller.header(connection(), never)).toMatch(/^Basic /);
    expect(controller.scheme).toBe('basic');
    expect(asked[0]).toMatchObject({ scheme: 'basic', schemes: ['digest', 'basic'], realm: 'r', attempt: 1 });
  });

  it('asks a scheme which of several challenges it would answer, and for whom in that realm', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([digest()], { credentials: provider }));
    await on401(controller, ['Digest realm="weak", nonce="n"', 'Digest realm="strong", nonce="n", algorithm=SHA-256']);
    expect(asked[0]).toMatchObject({ realm: 'strong' });
    expect(controller.header(connection(), never)).toContain('algorithm=SHA-256');
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
    expect(userOf(controller.header(connection(), never) as string)).toBe('alice');
  });

  it('gives the answer to the caller when the last scheme is left', async () => {
    const { scheme } = requestScheme({ accept: () => undefined });
    const controller = serverController(stateOf([scheme], { credentials: async () => alice }));
    expect(await on401(controller, 'Scripted')).toEqual({ hold: false, next: 'deliver' });
    expect(controller.header(connection(), never)).toBeUndefined();
  });
});

describe('the choice of an identity', () => {
  it('tries the one of the URL first, once, and only after it was asked for', async () => {
    const { asked, provider } = askingProvider(() => bob);
    const state = stateOf([basic()], { credentials: provider });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    const here = connection();
    expect(controller.header(here, never)).toBeUndefined();
    await on401(controller, BASIC, here);
    expect(userOf(controller.header(here, never) as string)).toBe('alice');
    await on401(controller, BASIC, here);
    expect(userOf(controller.header(here, never) as string)).toBe('bob');
    expect(asked).toMatchObject([{ attempt: 1, rejected: alice }]);

    // It is still not sent unasked, although the server's credentials are known by now.
    expect(serverController(state, undefined, { urlIdentity: alice }).header(here, never)).toBeUndefined();
  });

  it('does not use credentials of a URL in another realm, nor by another scheme once they were refused', async () => {
    const { asked, provider } = askingProvider(() => undefined);
    const state = stateOf([basic()], { credentials: provider });
    const controller = serverController(state, undefined, { urlIdentity: alice });
    await on401(controller, BASIC);
    controller.header(connection(), never);
    expect(await on401(controller, 'Basic realm="other"')).toMatchObject({ next: 'deliver' });
    expect(asked).toMatchObject([{ realm: 'other', attempt: 1, rejected: undefined }]);
  });

  it('uses what was learnt by another request, for the same realm', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state, 'http://web.test/a/b/c'), BASIC);
    const elsewhere = serverController(state, 'http://web.test/x/', {});
    expect(elsewhere.header(connection(), never)).toBeUndefined();
    await on401(elsewhere, BASIC);
    expect(userOf(elsewhere.header(connection(), never) as string)).toBe('alice');
  });

  it('keeps servers, proxies, ports and protocols apart', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state, 'http://web.test/'), BASIC);
    for (const url of ['http://web.test:8080/', 'https://web.test/', 'http://www.web.test/']) {
      expect(serverController(state, url).header(connection(), never), url).toBeUndefined();
    }
    const proxy = new AuthController(state, endpointOf('http://web.test/', { target: 'proxy' }), requestOf());
    expect(proxy.header(connection(), never)).toBeUndefined();
    expect(serverController(state, 'http://web.test/').header(connection(), never)).toBeDefined();
  });

  it('keeps partitions apart where the cache does', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const state = stateOf([basic()], { credentials: provider });
    state.cache.partitionServers = true;
    await on401(serverController(state, undefined, { partition: 'a' }), BASIC);
    expect(serverController(state, undefined, { partition: 'a' }).header(connection(), never)).toBeDefined();
    expect(serverController(state, undefined, { partition: 'b' }).header(connection(), never)).toBeUndefined();
    await on401(serverController(state, undefined, { partition: 'b' }), BASIC);
    expect(asked).toHaveLength(2);
  });

  it('keeps a proxy with credentials in its URL apart from the same one with others', async () => {
    const state = stateOf([basic()], { credentials: nobody });
    const as = (credentials: Identity) => new AuthController(state, { ...PROXY, credentials }, requestOf());
    const first = as(alice);
    expect(first.header(connection(), never)).toBeUndefined();
    await first.challenged(407, { 'proxy-authenticate': BASIC }, connection(), never)?.next;
    expect(userOf(first.header(connection(), never) as string)).toBe('alice');
    expect(userOf(as(alice).header(connection(), never) as string)).toBe('alice');
    expect(as(bob).header(connection(), never)).toBeUndefined();
    expect(new AuthController(state, PROXY, requestOf()).header(connection(), never)).toBeUndefined();
  });

  it('gives the logged-in user to proxies, and to servers of the allowlist', async () => {
    const ambient = () => connectionScheme({ identities: { explicit: false, ambient: true } });
    const offer = { 'proxy-authenticate': 'Bound', 'www-authenticate': 'Bound' };
    const proxy = new AuthController(stateOf([ambient().scheme]), PROXY, requestOf());
    expect(proxy.challenged(407, offer, connection(), never)?.hold).toBe(true);
    const server = (allowlist?: string) => serverController(stateOf([ambient().scheme], { allowlist }));
    expect(server().challenged(401, offer, connection(), never)).toBeUndefined();
    expect(server('other.test').challenged(401, offer, connection(), never)).toBeUndefined();
    expect(server('web.test').challenged(401, offer, connection(), never)?.hold).toBe(true);
  });

  it('takes the logged-in user from the provider for any server', async () => {
    const { scheme, log } = connectionScheme({ identities: { explicit: true, ambient: true } });
    const controller = serverController(stateOf([scheme], { credentials: async () => 'ambient' }));
    expect(await on401(controller, 'Bound')).toEqual({ hold: false, next: 'retry' });
    await controller.header(connection(), never);
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
    expect(controller.header(connection(), never)).toBe('Scripted own 1');
    expect(await on401(controller, 'Scripted')).toBeUndefined();
  });

  it('signs nothing at servers for a request without credentials, but at proxies', async () => {
    const state = stateOf([basic()], { credentials: async () => alice });
    await on401(serverController(state), BASIC);
    const omit = serverController(state, undefined, { privacy: true, urlIdentity: alice });
    expect(omit.header(connection(), never)).toBeUndefined();
    expect(omit.identityKey()).toBeUndefined();
    expect(await on401(omit, BASIC)).toBeUndefined();
    const proxy = new AuthController(state, PROXY, requestOf('http://web.test/', { privacy: true }));
    expect(proxy.challenged(407, { 'proxy-authenticate': BASIC }, connection(), never)).toBeDefined();
  });
});

describe('a refusal', () => {
  it('asks again, and says who was refused', async () => {
    const { asked, provider } = askingProvider(({ attempt }) => (attempt === 1 ? alice : bob));
    const controller = serverController(stateOf([basic()], { credentials: provider }));
    await on401(controller, BASIC);
    controller.header(connection(), never);
    expect(await on401(controller, BASIC)).toEqual({ hold: false, next: 'retry' });
    expect(userOf(controller.header(connection(), never) as string)).toBe('bob');
    expect(asked).toMatchObject([
      { attempt: 1, rejected: undefined },
      { attempt: 2, rejected: alice },
    ]);
  });

  it('does not send what was refused again, however often the provider says it', async () => {
    const { asked, provider } = askingProvider(() => ({ ...alice }));
    const controller = serverController(stateOf([basic()], { credentials: provider }));
    await on401(controller, BASIC);
    controller.header(connection(), never);
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
    first.header(connection(), never);
    await on401(second, BASIC);
    second.header(connection(), never);
    await on401(first, BASIC); // alice is forgotten, bob is asked for
    await on401(second, BASIC);
    expect(userOf(second.header(connection(), never) as string)).toBe('bob');
    expect(userOf(serverController(state).header(connection(), never) as string)).toBe('bob');
  });

  it('of what was sent unasked may be answered with the same identity once', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const state = stateOf([digest()], { credentials: provider });
    await on401(serverController(state), DIGEST);
    const later = serverController(state);
    expect(later.header(connection(), never)).toContain('nonce="n"');
    const restarted = 'Digest realm="r", nonce="of another life", qop="auth"';
    expect(await on401(later, restarted)).toMatchObject({ next: 'retry' });
    expect(later.header(connection(), never)).toContain('nonce="of another life"');
    expect(await on401(later, restarted)).toMatchObject({ next: 'deliver' });
    expect(asked).toMatchObject([{ attempt: 1 }, { attempt: 1, rejected: alice }, { attempt: 2, rejected: alice }]);
  });

  it('in another realm begins anew there, and keeps what a path had led to', async () => {
    const { asked, provider } = askingProvider(({ realm }) => (realm === 'r' ? alice : bob));
    const state = stateOf([basic()], { credentials: provider });
    await on401(serverController(state, 'http://web.test/'), BASIC);
    const controller = serverController(state, 'http://web.test/private/');
    expect(userOf(controller.header(connection(), never) as string)).toBe('alice');
    await on401(controller, 'Basic realm="private"');
    expect(userOf(controller.header(connection(), never) as string)).toBe('bob');
    expect(asked[1]).toMatchObject({ realm: 'private', attempt: 1, rejected: undefined });
    expect(userOf(serverController(state, 'http://web.test/').header(connection(), never) as string)).toBe('alice');
  });

  it('that is none, since the nonce was old, asks nobody', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const controller = serverController(stateOf([digest()], { credentials: provider }));
    await on401(controller, DIGEST);
    controller.header(connection(), never);
    expect(await on401(controller, 'Digest realm="r", nonce="new", qop="auth", stale=true')).toMatchObject({
      next: 'retry',
    });
    expect(controller.header(connection(), never)).toMatch(/nonce="new".*nc=00000001/);
    expect(asked).toHaveLength(1);
  });

  it('by a change of scheme goes on with the other one', async () => {
    const controller = serverController(stateOf([digest(), basic()], { credentials: async () => alice }));
    await on401(controller, DIGEST);
    controller.header(connection(), never);
    expect(await on401(controller, BASIC)).toMatchObject({ next: 'retry' });
    expect(controller.header(connection(), never)).toMatch(/^Basic /);
  });

  it('for ever ends after 32 rounds', async () => {
    let serial = 0;
    const state = stateOf([basic()], { credentials: async () => ({ username: `user ${++serial}`, password: '' }) });
    const controller = serverController(state);
    for (let round = 1; round <= 32; round++) {
      expect(await on401(controller, BASIC)).toMatchObject({ next: 'retry' });
      controller.header(connection(), never);
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
      controller.header(connection(), never);
    }
    await expect(on401(controller, stale)).rejects.toMatchObject({ code: 'ERR_TOO_MANY_RETRIES' });
  });
});

describe('one prompt', () => {
  it('serves 50 requests that are challenged at the same time', async () => {
    const { asked, provider } = askingProvider(async () => {
      await new Promise(setImmediate);
      return alice;
    });
    const state = stateOf([basic()], { credentials: provider });
    const controllers = Array.from({ length: 50 }, (_, i) => serverController(state, `http://web.test/${i}/x`));
    const replies = await Promise.all(controllers.map((controller) => on401(controller, BASIC)));
    expect(new Set(replies.map((reply) => reply?.next))).toEqual(new Set(['retry']));
    expect(asked).toHaveLength(1);
    // Those whose 401 comes later find the answer.
    await on401(serverController(state, 'http://web.test/late/'), BASIC);
    expect(asked).toHaveLength(1);
  });

  it('serves them again when the answer was wrong', async () => {
    const { asked, provider } = askingProvider(async ({ rejected }) => {
      await new Promise(setImmediate);
      return rejected ? bob : alice;
    });
    const state = stateOf([basic()], { credentials: provider });
    const controllers = Array.from({ length: 50 }, () => serverController(state));
    for (let round = 0; round < 2; round++) {
      await Promise.all(controllers.map((controller) => on401(controller, BASIC)));
      for (const controller of controllers) controller.header(connection(), never);
    }
    expect(asked).toMatchObject([{ attempt: 1 }, { attempt: 2, rejected: alice }]);
  });

  it('that is cancelled gives every 401 to its caller', async () => {
    const { asked, provider } = askingProvider(() => undefined);
    const state = stateOf([basic()], { credentials: provider });
    const controllers = Array.from({ length: 5 }, () => serverController(state));
    const replies = await Promise.all(controllers.map((controller) => on401(controller, BASIC)));
    expect(replies.map((reply) => reply?.next)).toEqual(Array(5).fill('deliver'));
    expect(asked).toHaveLength(1);
    expect(controllers[0]!.error().tried).toEqual([{ scheme: 'basic', reason: 'no credentials were given' }]);
  });

  it('is taken back when the transaction is over', async () => {
    let ask: AuthAsk | undefined;
    const state = stateOf([basic()], {
      credentials: (asked) => {
        ask = asked;
        return new Promise(() => undefined);
      },
    });
    const controller = serverController(state);
    const next = controller.challenged(401, { 'www-authenticate': BASIC }, connection(), never)?.next;
    const rejected = expect(next).rejects.toThrow();
    controller.dispose();
    await rejected;
    expect(ask?.signal.aborted).toBe(true);
  });

  it('tells nobody of a URL more than its path and query', async () => {
    const { asked, provider } = askingProvider(() => undefined);
    await on401(serverController(stateOf([basic()], { credentials: provider }), 'https://web.test/a?b'), BASIC);
    expect(asked[0]).toMatchObject({
      target: 'server',
      protocol: 'https:',
      host: 'web.test',
      port: 443,
      url: 'https://web.test/a?b',
    });
  });
});

describe('an identity that has proved right', () => {
  const provingState = (proved: () => void, schemes: AuthScheme[] = [basic()]) =>
    stateOf(schemes, {
      credentials: async ({ onProved }) => {
        onProved(proved);
        return alice;
      },
    });

  it.each([200, 302, 403, 404])('is told to the provider, once, at %i', async (status) => {
    const proved = vi.fn();
    const state = provingState(proved);
    const controller = serverController(state);
    await on401(controller, BASIC);
    controller.header(connection(), never);
    expect(proved).not.toHaveBeenCalled();
    controller.finished(status, {}, connection());
    const later = serverController(state);
    later.header(connection(), never);
    later.finished(200, {}, connection());
    expect(proved).toHaveBeenCalledTimes(1);
  });

  it('is not told at an error of the server, but at the next success', async () => {
    const proved = vi.fn();
    const state = provingState(proved);
    const controller = serverController(state);
    await on401(controller, BASIC);
    controller.header(connection(), never);
    controller.finished(503, {}, connection());
    expect(proved).not.toHaveBeenCalled();
    const later = serverController(state);
    later.header(connection(), never);
    later.finished(200, {}, connection());
    expect(proved).toHaveBeenCalledTimes(1);
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
    controller.header(connection(), never);
    unsubscribe('netloom:challenge', listen);
    unsubscribe('netloom:token-sent', listen);
    const where = { target: 'server', host: 'web.test', port: 80, round: 1 };
    expect(events).toEqual([
      { name: 'netloom:challenge', ...where, schemes: ['fake', 'basic'] },
      { name: 'netloom:token-sent', ...where, schemes: ['basic'] },
    ]);
  });
});
