import type { AuthContext, Challenge, ConnectionScheme, Conversation } from '@netloom/contracts';
import { expect, test, vi } from 'vitest';
import { lazyScheme } from './lazy-scheme.js';

const facts = { name: 'bound', requiresHttp1: true, identities: { explicit: true, ambient: false } };
const challenge: Challenge = { scheme: 'bound', params: [], text: 'Bound' };
const context = { realm: 'lab' } as AuthContext;
const signal = new AbortController().signal;

function inner() {
  const conversation = {
    unfinished: true,
    step: vi.fn(async () => Uint8Array.of(1)),
    finish: vi.fn<Conversation['finish']>(async () => 'mutual-auth-failed'),
    dispose: vi.fn(),
  };
  const scheme: ConnectionScheme = { ...facts, connectionBound: true, start: vi.fn(() => conversation) };
  return { conversation, scheme, load: vi.fn(async () => scheme) };
}

test('a scheme is loaded with its first challenge, once', async () => {
  const { conversation, scheme, load } = inner();
  const lazy = lazyScheme(facts, load);
  const first = lazy.start(context);
  expect(load).not.toHaveBeenCalled();
  expect(first.unfinished).toBe(false);
  expect(await first.step(challenge, signal)).toEqual(Uint8Array.of(1));
  expect(first.unfinished).toBe(true);
  await first.step(challenge, signal);
  await lazy.start(context).step(challenge, signal);
  expect(load).toHaveBeenCalledTimes(1);
  expect(scheme.start).toHaveBeenCalledTimes(2);
  expect(scheme.start).toHaveBeenCalledWith(context);
  expect(await first.finish({ status: 200 })).toBe('mutual-auth-failed');
  first.dispose();
  expect(conversation.dispose).toHaveBeenCalledTimes(1);
});

test('a conversation that is over before its scheme is there does not begin', async () => {
  const { scheme, load } = inner();
  const conversation = lazyScheme(facts, load).start(context);
  const step = conversation.step(challenge, signal);
  conversation.dispose();
  await expect(step).rejects.toThrow('net::ERR_ABORTED');
  expect(scheme.start).not.toHaveBeenCalled();
});
