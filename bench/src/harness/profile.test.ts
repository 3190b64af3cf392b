import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CpuProfile, hottest, profilerSwitches, readProfiles } from './profile.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('send', 'file:///a/b/c/d.js') },
    { id: 3, callFrame: frame('send', 'file:///a/b/c/d.js') },
    { id: 4, callFrame: frame('') },
  ],
  samples: [1, 2, 3, 4],
  timeDeltas: [1000, 20, 40, 40],
};

it('adds up what belongs to one function, and leaves idle time out', () => {
  expect(hottest(profile, 5)).toEqual([
    { name: 'send b/c/d.js:10', share: 0.6 },
    { name: '(anonymous)', share: 0.4 },
  ]);
  expect(hottest(profile, 1)).toHaveLength(1);
});

it('gives every contestant a file that any system can have', () => {
  expect(profilerSwitches('/f', 'http: 1 KiB, 10 in parallel: fetch + dispatcher').at(-1)).toBe(
    '--cpu-prof-name=http-1-KiB-10-in-parallel-fetch-dispatcher.cpuprofile',
  );
});

it('reads the profiles of a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netloom-profiles-'));
  await writeFile(join(folder, 'one.cpuprofile'), JSON.stringify(profile));
  await writeFile(join(folder, 'other.txt'), '');
  expect([...(await readProfiles(folder))]).toEqual([['one', profile]]);
  await rm(folder, { recursive: true });
});
