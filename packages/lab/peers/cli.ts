import { STATE, Testbed } from './outside/testbed.js';
import { supervise } from './testbed/supervisor.js';

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  up,
  down,
  exec: async (args) => (await Testbed.find())?.exec(args) ?? 1,
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

async function up(): Promise<number> {
  if (Testbed.find()) {
    process.stdout.write('The testbed is up already.\n');
    return 0;
  }
  const start = performance.now();
  await Testbed.launch({ stay: true });
  process.stdout.write(`The testbed is up (${((performance.now() - start) / 1000).toFixed(1)} s); state in ${STATE}\n`);
  return 0;
}

async function down(): Promise<number> {
  await Testbed.find()?.stop();
  return 0;
}
