import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { app, session } from '../src/index.js';

const data = join(tmpdir(), 'netloom-sessions-test');

beforeAll(async () => {
  await app.whenReady();
  app.setPath('sessionData', data);
});

test('each name has one session, and the empty name is the default one', () => {
  expect(session.fromPartition('')).toBe(session.defaultSession);
  expect(session.fromPartition('persist:one')).toBe(session.fromPartition('persist:one'));
  expect(session.fromPartition('persist:one')).not.toBe(session.fromPartition('persist:two'));
});

test('classes are named as in Electron', () => {
  expect([session.defaultSession.constructor.name, app.constructor.name]).toEqual(['Session', 'App']);
});

test('data of the default session and of persist: outlives the process', () => {
  expect([session.defaultSession.isPersistent(), session.defaultSession.storagePath]).toEqual([true, data]);
  const kept = session.fromPartition('persist:kept');
  expect([kept.isPersistent(), kept.storagePath]).toEqual([true, join(data, 'Partitions', 'kept')]);
  expect(kept.getStoragePath()).toBe(kept.storagePath);
  const lost = session.fromPartition('lost');
  expect([lost.isPersistent(), lost.storagePath]).toEqual([false, null]);
});

test('a folder can be a session’s own', () => {
  const folder = join(data, 'folder');
  const own = session.fromPath(folder);
  expect([own.isPersistent(), own.storagePath]).toEqual([true, folder]);
  expect(session.fromPath(join(folder, '..', 'folder'))).toBe(own);
  expect(() => session.fromPath('')).toThrow('An empty path was specified');
  expect(() => session.fromPath('folder')).toThrow('An absolute path was not provided');
  expect(() => session.fromPath(1 as never)).toThrow(TypeError);
});

test('the app tells of each new session, without an event before it', () => {
  const listener = vi.fn();
  app.on('session-created', listener);
  const made = session.fromPartition('made');
  session.fromPartition('made');
  app.off('session-created', listener);
  expect(listener.mock.calls).toEqual([[made]]);
});

test('sessions call themselves what the app says, until they are told otherwise', () => {
  const [one, other] = [session.fromPartition('agent one'), session.fromPartition('agent other')];
  const fallback = app.userAgentFallback;
  one.setUserAgent('One/1');
  app.userAgentFallback = 'All/1';
  expect([one.getUserAgent(), other.getUserAgent()]).toEqual(['One/1', 'All/1']);
  app.userAgentFallback = fallback;
  expect(other.getUserAgent()).toBe(fallback);
});
