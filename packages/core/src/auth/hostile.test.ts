import { type Authorizer, type AuthScheme, NetError, type RequestScheme } from '@netloom/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  alice,
  type ConversationScript,
  caller,
  connection,
  connectionScheme,
  never,
  requestScheme,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import type { AuthController } from './controller.js';

const boom = () => {
  throw new Error('boom');
};
const hang = () => new Promise<never>(() => undefined);

/** A request scheme whose authorizer is as given. */
function withAuthorizer(changes: Partial<Authorizer>): RequestScheme {
  return requestScheme({ accept: () => ({ authorize: () => 'Scripted', challenged: () => 'rejected', ...changes }) })
    .scheme;
}

const controllerOf = (scheme: AuthScheme) =>
  serverController(stateOf([scheme], { credentials: async () => alice }), undefined, { urlIdentity: alice });

const challenge = (controller: AuthController, scheme: AuthScheme, signal = never, here = connection()) =>
  controller.challenged(401, { 'www-authenticate': scheme.name }, here, signal)?.next;

const failure = (scheme: AuthScheme, detail: string) => ({
  code: 'ERR_UNEXPECTED',
  message: `net::ERR_UNEXPECTED: the ${scheme.name} scheme ${detail}`,
});

describe('a request scheme that', () => {
  it.each<[string, RequestScheme, string]>([
    ['throws when it selects', requestScheme({ select: boom }).scheme, 'failed'],
    ['throws when it accepts', requestScheme({ accept: boom }).scheme, 'failed'],
    ['throws when it authorizes', withAuthorizer({ authorize: boom }), 'failed'],
    ['rejects when it authorizes', withAuthorizer({ authorize: async () => boom() }), 'failed'],
    ['accepts with null', requestScheme({ accept: () => null as never }).scheme, 'returned no authorizer'],
    ['accepts with rubbish', requestScheme({ accept: () => 'yes' as never }).scheme, 'returned no authorizer'],
    [
      'authorizes with a number',
      withAuthorizer({ authorize: () => 7 as never }),
      'returned no text that can be a header value',
    ],
    [
      'authorizes with nothing',
      withAuthorizer({ authorize: async () => undefined as never }),
      'returned no text that can be a header value',
    ],
    [
      'injects a header',
      withAuthorizer({ authorize: () => 'x\r\nEvil: 1' }),
      'returned no text that can be a header value',
    ],
    [
      'leaves latin-1',
      withAuthorizer({ authorize: () => 'Scripted \u20ac' }),
      'returned no text that can be a header value',
    ],
  ])('%s fails the request', async (_what, scheme, detail) => {
    await expect(challenge(controllerOf(scheme), scheme)).rejects.toMatchObject(failure(scheme, detail));
  });

  it('throws keeps its error as the cause', async () => {
    const scheme = requestScheme({ accept: boom }).scheme;
    await expect(challenge(controllerOf(scheme), scheme)).rejects.toMatchObject({ cause: new Error('boom') });
  });

  it('throws an error of the network fails the request with that', async () => {
    const error = new NetError('ERR_NAME_NOT_RESOLVED');
    const scheme = withAuthorizer({ authorize: async () => Promise.reject(error) });
    await expect(challenge(controllerOf(scheme), scheme)).rejects.toBe(error);
  });

  it('selects what it was not offered is taken to have selected nothing', () => {
    const scheme = requestScheme({ select: () => ({ scheme: 'scripted', params: [], text: 'other' }) }).scheme;
    expect(challenge(controllerOf(scheme), scheme)).toBeUndefined();
  });

  it.each<[string, Partial<Authorizer>, string]>([
    ['throws when it judges', { challenged: boom }, 'failed'],
    ['judges rubbish', { challenged: () => 'maybe' as never }, 'judged a challenge as maybe'],
  ])('%s fails the request', async (_what, changes, detail) => {
    const scheme = withAuthorizer(changes);
    const controller = controllerOf(scheme);
    await challenge(controller, scheme);
    await expect(challenge(controller, scheme)).rejects.toMatchObject(failure(scheme, detail));
  });

  it('throws after success fails the request', async () => {
    const scheme = withAuthorizer({ succeeded: boom });
    const controller = controllerOf(scheme);
    await challenge(controller, scheme);
    await expect(controller.finished(200, {}, connection())).rejects.toMatchObject(failure(scheme, 'failed'));
  });

  it('throws before anything was asked fails the request', async () => {
    const scheme = requestScheme({ preemptive: boom }).scheme;
    await expect(controllerOf(scheme).header(connection(), caller)).rejects.toMatchObject(failure(scheme, 'failed'));
    const rubbish = requestScheme({ preemptive: () => 7 as never }).scheme;
    await expect(controllerOf(rubbish).header(connection(), caller)).rejects.toMatchObject(
      failure(rubbish, 'returned no authorizer'),
    );
  });

  it('never answers is left when the request is aborted', async () => {
    const scheme = withAuthorizer({ authorize: hang });
    const abort = new AbortController();
    const next = challenge(controllerOf(scheme), scheme, abort.signal);
    const rejected = expect(next).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await rejected;
  });

  it('answers with a promise of its own kind is understood', async () => {
    // biome-ignore lint/suspicious/noThenProperty: plug-ins may bring other promises
    const thenable = { then: (resolve: (value: string) => void) => resolve('Scripted thenable') };
    const scheme = withAuthorizer({ authorize: () => thenable as never });
    const controller = controllerOf(scheme);
    expect(await challenge(controller, scheme)).toBe('retry');
    expect(controller.header(connection(), caller)).toBe('Scripted thenable');
  });
});

describe('a connection-bound scheme that', () => {
  afterEach(() => vi.restoreAllMocks());

  const disposals = (log: readonly string[]) => log.filter((line) => line.startsWith('dispose'));

  it.each<[string, ConversationScript, string]>([
    ['throws when it starts', { start: boom }, 'failed'],
    ['starts with rubbish', { start: () => undefined as never }, 'started no conversation'],
    ['rejects in a step', { step: async () => boom() }, 'failed'],
    ['throws in a step', { step: boom }, 'failed'],
    ['makes text for a token', { step: async () => 'token' as never }, 'made a token that is no Uint8Array'],
  ])('%s fails the request', async (_what, script, detail) => {
    const { scheme, log } = connectionScheme(script);
    await expect(challenge(controllerOf(scheme), scheme)).rejects.toMatchObject(failure(scheme, detail));
    expect(disposals(log)).toHaveLength(log.length === 0 ? 0 : 1);
  });

  it('never answers is left and disposed of when the request is aborted', async () => {
    const signals: AbortSignal[] = [];
    const { scheme, log } = connectionScheme({
      step: (_round, _challenge, signal) => {
        signals.push(signal);
        return hang();
      },
    });
    const abort = new AbortController();
    const rejected = expect(challenge(controllerOf(scheme), scheme, abort.signal)).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await rejected;
    expect(signals[0]?.aborted).toBe(true);
    expect(disposals(log)).toEqual(['dispose #1']);
  });

  it('never finishes is left when the request is aborted', async () => {
    const { scheme, log } = connectionScheme({ finish: hang });
    const controller = controllerOf(scheme);
    const here = connection();
    const abort = new AbortController();
    await challenge(controller, scheme, abort.signal, here);
    await controller.header(here, abort);
    const rejected = expect(controller.finished(200, {}, here)).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await rejected;
    expect(disposals(log)).toEqual(['dispose #1']);
  });

  it.each<[string, ConversationScript]>([
    ['throws at the end', { finish: boom }],
    ['rejects at the end', { finish: async () => boom() }],
  ])('%s fails the request', async (_what, script) => {
    const { scheme, log } = connectionScheme(script);
    const controller = controllerOf(scheme);
    const here = connection();
    await challenge(controller, scheme, never, here);
    await expect(controller.finished(200, {}, here)).rejects.toMatchObject(failure(scheme, 'failed'));
    // To the peer the connection is this identity's, so nobody else may get it.
    expect(here.serverIdentity).toBeDefined();
    expect(disposals(log)).toEqual(['dispose #1']);
  });

  it('throws when it is disposed of changes nothing, but is heard of', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { scheme } = connectionScheme({ dispose: boom });
    const controller = controllerOf(scheme);
    const here = connection();
    await challenge(controller, scheme, never, here);
    await controller.finished(200, {}, here);
    expect(here.serverIdentity).toBeDefined();
    expect(warned).toHaveBeenCalledWith(new Error('boom'));
  });
});
