import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where servers and clients run. */
export interface Cores {
  readonly servers: number;
  readonly client: number;
}

/** Two cores of this process, where the system can pin and there are two. */
export function findCores(): Cores | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const allowed = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [servers, client] = coresOf(allowed);
  return servers === undefined || client === undefined ? undefined : { servers, client };
}

/** The cores of a list as Linux writes it: `0-2,5` are 0, 1, 2 and 5. */
export function coresOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Number.isInteger(first) && range.trim() !== ''
      ? Array.from({ length: last - first + 1 }, (_, i) => first + i)
      : [];
  });
}
