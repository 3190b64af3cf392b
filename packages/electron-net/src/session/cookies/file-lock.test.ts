import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FileLock as Lock } from './file-lock.js';

/** What other processes do before and after this one looks at a lock. */
const others = vi.hoisted(() => ({}) as { before?: (() => void) | undefined; after?: (() => void) | undefined });
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const statSync = (...given: Parameters<typeof fs.statSync>) => {
    const { before, after } = others;
    others.before = undefined;
    others.after = undefined;
    before?.();
    const seen = fs.statSync(...given);
    after?.();
    return seen;
  };
  return { ...fs, statSync };
});

// Test files share a worker, in which the module may have been loaded already with the real functions.
let FileLock: typeof Lock;
beforeAll(async () => {
  vi.resetModules();
  ({ FileLock } = await import('./file-lock.js'));
});
afterAll(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-lock-'));
  path = join(folder, 'file.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

function leave(name: string): void {
  writeFileSync(name, '1');
  utimesSync(name, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
}

test('a lock that a crashed process has left goes to one of those who find it at once', () => {
  leave(path);
  let other: Lock | undefined;
  others.after = () => {
    other = FileLock.take(path);
  };
  const one = FileLock.take(path);
  expect(others.after).toBeUndefined();
  expect([one, other].filter((lock) => lock !== undefined)).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['file.lock']);
});

test('a lock that is gone at a second look is not taken from who has it by then', () => {
  const before = FileLock.take(path);
  let other: Lock | undefined;
  others.before = () => before?.release();
  others.after = () => {
    other = FileLock.take(path);
  };
  expect(FileLock.take(path)).toBeUndefined();
  expect(other).toBeDefined();
  expect(readdirSync(folder)).toEqual(['file.lock']);
});

test('a process that crashed while it took one away leaves nothing that stays', () => {
  leave(path);
  leave(`${path}.removal`);
  expect(FileLock.take(path)).toBeUndefined();
  const lock = FileLock.take(path);
  expect(lock).toBeDefined();
  lock?.release();
  expect(readdirSync(folder)).toEqual([]);
});
