import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Report } from '../testbed/supervisor.js';
import { NAMESPACES } from './namespaces.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const launcher = fileURLToPath(new URL('../run.mjs', import.meta.url));
/** The state directory. */
export const STATE = join(root, '.peers');
const RECORD = join(STATE, 'supervisor.json');

/** The testbed, seen from outside. */
export class Testbed {
  /** @param first - pid of the first process inside. `start` guards against a pid that was given again. */
  private constructor(
    private readonly first: number,
    private readonly start: string,
  ) {}

  /** The running testbed, if there is one. */
  static find(): Testbed | undefined {
    try {
      const { pid, start } = JSON.parse(readFileSync(RECORD, 'utf8')) as { pid: number; start: string };
      return startOf(pid) === start ? new Testbed(pid, start) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /**
   * Starts the testbed.
   *
   * @param stay - whether it outlives this process.
   * @throws Error that says which peer did not start, with the end of its log.
   */
  static async launch({ stay }: { stay: boolean }): Promise<Testbed> {
    mkdirSync(STATE, { recursive: true });
    const log = openSync(join(STATE, 'supervisor.log'), 'w');
    const child = spawn('unshare', [...NAMESPACES, process.execPath, launcher, 'supervise', STATE], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    const report = await firstReport(child);
    if ('failed' in report) throw new Error(report.failed);

    const first = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
    const start = startOf(first)!;
    writeFileSync(RECORD, JSON.stringify({ pid: first, start }));
    if (stay) {
      await new Promise<void>((resolve) => child.send('stay', () => resolve()));
      child.disconnect();
      child.unref();
    }
    return new Testbed(first, start);
  }

  /**
   * Runs a program inside and gives its exit code.
   *
   * @param alone - whether to wait until no other program runs inside that is to be alone.
   */
  exec(command: readonly string[], { alone = false } = {}): Promise<number> {
    const wait = alone ? ['flock', join(STATE, 'alone.lock')] : [];
    const enter = ['nsenter', '--target', String(this.first), '--mount', '--net', '--pid', `--wd=${root}`];
    const [program, ...args] = [...wait, ...enter, ...command];
    const child = spawn(program!, args, { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  }

  /** Ends everything inside, and resolves when nothing of it is left. */
  async stop(): Promise<void> {
    // The kernel ends every process of a pid namespace before its first one is gone.
    if (startOf(this.first) === this.start) process.kill(this.first, 'SIGKILL');
    while (startOf(this.first) === this.start) await delay(10);
    rmSync(RECORD, { force: true });
  }
}

function firstReport(child: ChildProcess): Promise<Report> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as Report));
    child.once('error', (error) => resolve({ failed: error.message }));
    child.once('exit', () => resolve({ failed: readFileSync(join(STATE, 'supervisor.log'), 'utf8').trim() }));
  });
}

/** When a process was started, in clock ticks since boot; undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
