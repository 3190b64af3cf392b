import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ENDED, LOGS } from './layout.js';

const READY_WITHIN = 45_000;
const POLL = 25;

/** What a daemon needs besides its command. */
export interface DaemonOptions {
  /** Replaces the environment; `PATH` is always there. */
  readonly env?: Record<string, string>;
  /** Addresses that accept connections when the daemon is ready, as `host:port`. */
  readonly ready: readonly string[];
  /** Called instead of waiting for more, when all addresses accept: resolves when the daemon can really serve. */
  readonly check?: () => Promise<boolean>;
}

/**
 * Starts a server in the foreground as a child, with its output in the log folder, and waits until it is ready. When it
 * ends, a file in {@link ENDED} says how.
 *
 * @throws Error with the end of the log, when it ends or stays silent for 45 s.
 */
export async function startDaemon(name: string, command: readonly string[], options: DaemonOptions): Promise<void> {
  const [program, ...args] = command as [string, ...string[]];
  const log = join(LOGS, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(program, args, {
    stdio: ['ignore', output, output],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...options.env },
  });
  closeSync(output);

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
  void ended.then((how) => writeFile(join(ENDED, name), `${name} ${how}`));

  try {
    await Promise.race([untilReady(child, options), ended.then((how) => Promise.reject(new Error(how)))]);
  } catch (error) {
    const tail = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-12).join('\n');
    throw new Error(`${name}: ${(error as Error).message}\n${tail}`);
  }
}

async function untilReady(child: ChildProcess, { ready, check }: DaemonOptions): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  const all = async () =>
    (await Promise.all(ready.map(accepts))).every(Boolean) && (check === undefined || (await check()));
  while (!(await all())) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (Date.now() > deadline) throw new Error(`not ready after ${READY_WITHIN / 1000} s (${ready.join(', ')})`);
    await delay(POLL);
  }
}

function accepts(address: string): Promise<boolean> {
  const split = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect(Number(address.slice(split + 1)), address.slice(0, split));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const execute = promisify(execFile);

/**
 * Runs a program to its end and gives what it printed.
 *
 * @throws Error with what it printed, when it fails.
 */
export async function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env } });
    return stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
}
