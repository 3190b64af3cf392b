import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
  // The turn in which the main script runs lasts until the test ends it.
  vi.useFakeTimers({ toFake: ['setImmediate'] });
});
afterEach(() => vi.useRealTimers());

test('nothing can be used in the main script’s own turn', async () => {
  const { app, net, session } = await import('../src/index.js');
  expect(app.isReady()).toBe(false);
  expect(() => net.request('http://origin.test/')).toThrow(new Error('net module can only be used after app is ready'));
  expect(() => session.defaultSession).toThrow(new Error('Session can only be received when app is ready'));
});

test('then the app becomes ready, once', async () => {
  const { app, net } = await import('../src/index.js');
  const events: string[] = [];
  app.on('will-finish-launching', () => events.push(`will-finish-launching ${app.isReady()}`));
  app.on('ready', (event) => events.push(`ready ${app.isReady()} ${event.defaultPrevented}`));
  vi.runAllTimers();
  vi.runAllTimers();
  await app.whenReady();
  expect(events).toEqual(['will-finish-launching false', 'ready true false']);
  expect(net.request('http://origin.test/').getHeader('accept')).toBeUndefined();
});

test('whenReady() resolves for who comes late', async () => {
  const { app } = await import('../src/index.js');
  vi.runAllTimers();
  await expect(app.whenReady()).resolves.toBeUndefined();
});

test('quit() ends the process unless it is prevented', async () => {
  const { app } = await import('../src/index.js');
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const events: unknown[] = [];
  app.on('will-quit', () => events.push('will-quit'));
  app.on('quit', (_event, code) => events.push(code));
  app.once('before-quit', (event) => event.preventDefault());
  app.quit();
  expect(events).toEqual([]);
  app.quit();
  app.exit(3);
  expect(events).toEqual(['will-quit', 0, 3]);
  expect(exit.mock.calls).toEqual([[0], [3]]);
  exit.mockRestore();
});
