import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What V8's profiler writes, as far as it is of use here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** µs before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Share of the time that was spent in a function itself, not in those it called. */
export interface OwnTime {
  readonly name: string;
  readonly share: number;
}

/** Switches of Node that have a process write a profile. */
export function profilerSwitches(folder: string, name: string): string[] {
  const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.cpuprofile`;
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`];
}

/** The functions in which most of a profile's time was spent, the first ones of them; idle time does not count. */
export function hottest({ nodes, samples, timeDeltas }: CpuProfile, count: number): OwnTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)';
    if (name === '(idle)') continue;
    const time = timeDeltas[i] ?? 0;
    times.set(name, (times.get(name) ?? 0) + time);
    total += time;
  }
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([name, time]) => ({ name, share: time / total }));
}

/** All profiles of a folder by the names of their files. */
export async function readProfiles(folder: string): Promise<Map<string, CpuProfile>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort();
  const profiles = files.map(async (file) => {
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
    return [file.replace(/\.cpuprofile$/, ''), profile] as const;
  });
  return new Map(await Promise.all(profiles));
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name} ${url.split('/').slice(-3).join('/')}:${lineNumber + 1}`;
}
