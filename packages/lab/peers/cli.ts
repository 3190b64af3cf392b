import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { recordInside, recordOutside } from './chromium/command.js';
import { prepareMachine } from './outside/packages.js';
import { STATE, Testbed } from './outside/testbed.js';
import { supervise } from './testbed/supervisor.js';

const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const CONFIG = fileURLToPath(new URL('suite/vitest.config.ts', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('suite/programs/run.mjs', import.meta.url));
const BENCH = fileURLToPath(new URL('bench/kerberos.ts', import.meta.url));
/** The loader `runner` writes no file beside the configuration. */
const SUITE = [process.execPath, VITEST, 'run', '--configLoader', 'runner', '--config', CONFIG];

/** Commands by name; those that run inside the testbed are called by the others. */
const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  up,
  down,
  test,
  bench,
  exec,
  record: (ids) => onPreparedMachine(() => recordOutside(ids)),
  'record-inside': recordInside,
  supervise: ([state]) => supervise(state!),
};

/** The command line; resolves with the exit code. */
export async function main([command = '', ...args]: string[]): Promise<number> {
  const run = COMMANDS[command];
  if (run) {
    return run(args).catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      return 1;
    });
  }
  process.stderr.write(`unknown command "${command}"; expected ${Object.keys(COMMANDS).join(', ')}\n`);
  return 1;
}

/** Does work if the peers can run here; otherwise says what is missing, which is no failure. */
async function onPreparedMachine(work: () => Promise<number>, otherwise = async () => 0): Promise<number> {
  const missing = await prepareMachine();
  if (missing === undefined) return work();
  process.stdout.write(`${missing}\n`);
  return otherwise();
}

function up(): Promise<number> {
  return onPreparedMachine(async () => {
    if (Testbed.find()) {
      process.stdout.write('The testbed is up already.\n');
      return 0;
    }
    await launch({ stay: true });
    process.stdout.write(`State directory: ${STATE}\n`);
    return 0;
  });
}

async function down(): Promise<number> {
  await Testbed.find()?.stop();
  return 0;
}

/** Runs the suite inside the testbed that is up, or in one of its own. */
function test(args: string[]): Promise<number> {
  return onPreparedMachine(
    async () => {
      const running = Testbed.find();
      const testbed = running ?? (await launch({ stay: false }));
      try {
        // Two runs would read each other's requests in the logs.
        return await testbed.exec([...SUITE, ...args], { alone: true });
      } finally {
        if (!running) await testbed.stop();
      }
    },
    () => skipAll(),
  );
}

/** Measures Kerberos inside the testbed that is up, or in one of its own. */
function bench(): Promise<number> {
  return onPreparedMachine(async () => {
    const running = Testbed.find();
    const testbed = running ?? (await launch({ stay: false }));
    try {
      return await testbed.exec([process.execPath, PROGRAMS, BENCH], { alone: true });
    } finally {
      if (!running) await testbed.stop();
    }
  });
}

/** Runs a program inside the testbed that is up. */
async function exec(command: string[]): Promise<number> {
  const running = Testbed.find();
  if (!running) throw new Error('the testbed is not up: npm run peers:up');
  return running.exec(command);
}

async function launch(options: { stay: boolean }): Promise<Testbed> {
  const start = performance.now();
  const testbed = await Testbed.launch(options);
  process.stdout.write(`The testbed is up (${((performance.now() - start) / 1000).toFixed(1)} s).\n`);
  return testbed;
}

/** Has the suite list and count all of its rows as skipped. */
function skipAll(): Promise<number> {
  const [program, ...args] = SUITE;
  const child = spawn(program!, [...args, '--testNamePattern', '^$'], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
