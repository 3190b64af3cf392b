import { channel } from 'node:diagnostics_channel';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetLogFile } from './net-log-file.js';

const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    writeSync(fd: number, text: string) {
      if (disk.isFull) throw new Error('ENOSPC: no space left on device, write');
      return real.writeSync(fd, text);
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'netloom-log-file-'));
});
afterEach(() => {
  disk.isFull = false;
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const redirects = channel('netloom:redirect');
const redirect = () => redirects.publish({ from: 'http://a.test/', to: 'http://b.test/', status: 302 });
const program = { name: 'Program', version: '1.2.3' };

test('a full disk ends the log with a warning, and not the program', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const log = new NetLogFile(join(folder, 'log.json'), { program });
  disk.isFull = true;
  redirect();
  await vi.waitFor(() => expect(redirects.hasSubscribers).toBe(false));
  expect(warned.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringContaining('ENOSPC') });
  log.close();
});

test('a file that cannot be begun leaves nothing behind that listens', () => {
  disk.isFull = true;
  const before = process.listenerCount('exit');
  expect(() => new NetLogFile(join(folder, 'log.json'), { program })).toThrow('ENOSPC');
  expect([redirects.hasSubscribers, process.listenerCount('exit')]).toEqual([false, before]);
});

test('any number of logs listens once for the end of the process', () => {
  const before = process.listenerCount('exit');
  const logs = ['a', 'b', 'c'].map((name) => new NetLogFile(join(folder, name), { program }));
  redirect();
  expect(process.listenerCount('exit')).toBe(before + 1);
  for (const log of logs) log.close();
  expect([redirects.hasSubscribers, process.listenerCount('exit')]).toEqual([false, before]);
  expect(['a', 'b', 'c'].map((name) => JSON.parse(fs.readFileSync(join(folder, name), 'utf8')).events.length)).toEqual([
    1, 1, 1,
  ]);
});
