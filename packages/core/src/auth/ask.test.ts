import type { AuthAsk, AuthScheme, CredentialsProvider } from '@netloom/contracts';
import { describe, expect, it, vi } from 'vitest';
import {
  alice,
  askingProvider,
  base64,
  bob,
  caller,
  connection,
  connectionScheme,
  never,
  on401,
  schemeError,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';

const BASIC = 'Basic realm="r"';

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
      for (const controller of controllers) controller.header(connection(), caller);
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
    controller.header(connection(), caller);
    expect(proved).not.toHaveBeenCalled();
    controller.finished(status, {}, connection());
    const later = serverController(state);
    later.header(connection(), caller);
    later.finished(200, {}, connection());
    expect(proved).toHaveBeenCalledTimes(1);
  });

  it('is not told at an error of the server, but at the next success', async () => {
    const proved = vi.fn();
    const state = provingState(proved);
    const controller = serverController(state);
    await on401(controller, BASIC);
    controller.header(connection(), caller);
    controller.finished(503, {}, connection());
    expect(proved).not.toHaveBeenCalled();
    const later = serverController(state);
    later.header(connection(), caller);
    later.finished(200, {}, connection());
    expect(proved).toHaveBeenCalledTimes(1);
  });
});

describe('an answer', () => {
  const failing = (effect: 'disable-scheme' | 'drop-identity') =>
    connectionScheme({
      step: async () => {
        throw schemeError(effect);
      },
    }).scheme;
  const other = () => connectionScheme({ name: 'other' }).scheme;
  /** Goes on until a header is sent or the answer is delivered. */
  const signIn = async (schemes: AuthScheme[], offered: string[], credentials: CredentialsProvider) => {
    const controller = serverController(stateOf(schemes, { credentials }));
    const here = connection();
    for (let round = 0; round < 5; round++) {
      if ((await on401(controller, offered, here))?.next !== 'retry') return undefined;
      const header = await controller.header(here, caller);
      if (header !== undefined) return header;
    }
    throw new Error('no end');
  };

  it('serves the next scheme of connections when the one that asked cannot be used', async () => {
    const { asked, provider } = askingProvider(() => alice);
    const header = await signIn([failing('disable-scheme'), other()], ['Bound', 'Other'], provider);
    expect(header).toBe(`Other ${base64('alice 1')}`);
    expect(asked).toHaveLength(1);
  });

  it('is asked for again where it was wrong', async () => {
    const { asked, provider } = askingProvider(({ rejected }) => (rejected ? undefined : alice));
    expect(await signIn([failing('drop-identity'), other()], ['Bound', 'Other'], provider)).toBeUndefined();
    expect(asked).toMatchObject([{ scheme: 'bound' }, { rejected: alice }]);
  });

  it('is asked for again by a scheme that sends the password', async () => {
    const { asked, provider } = askingProvider(() => alice);
    await signIn([failing('disable-scheme'), basic()], ['Bound', 'Basic realm=""'], provider);
    expect(asked.map(({ scheme }) => scheme)).toEqual(['bound', 'basic']);
  });
});
