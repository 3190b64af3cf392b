import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { FolderWatcher, SETTLE_TIME } from './watcher.js';

let folder: string;
let watcher: FolderWatcher | undefined;
const clock = new ManualClock();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-watch-'));
});
afterEach(async () => {
  watcher?.close();
  await rm(folder, { recursive: true, force: true });
});

function watch(...folders: string[]) {
  const changed = vi.fn();
  watcher = new FolderWatcher(folders, clock, changed);
  return changed;
}

const somethingHappened = () => eventually(() => expect(clock.pending).toEqual([SETTLE_TIME]));

it('tells a change once it has been quiet for a while', async () => {
  const changed = watch(folder);
  await writeFile(join(folder, 'user'), 'a');
  await somethingHappened();
  clock.advance(SETTLE_TIME - 1);
  expect(changed).not.toHaveBeenCalled();
  await writeFile(join(folder, 'user'), 'b');
  await somethingHappened();
  clock.advance(SETTLE_TIME);
  expect(changed).toHaveBeenCalledOnce();
});

it('waits for a folder that is not there yet', async () => {
  const later = join(folder, 'dconf');
  const changed = watch(later);
  await mkdir(later);
  await somethingHappened();
  clock.advance(SETTLE_TIME);
  await writeFile(join(later, 'user'), 'a');
  await somethingHappened();
  clock.advance(SETTLE_TIME);
  expect(changed).toHaveBeenCalledTimes(2);
});

it('passes over what it cannot watch, and is silent once closed', async () => {
  const changed = watch(join(folder, 'no', 'such', 'folder'), folder);
  watcher?.close();
  await writeFile(join(folder, 'user'), 'a');
  await new Promise(setImmediate);
  clock.advance(10_000);
  expect(changed).not.toHaveBeenCalled();
});
