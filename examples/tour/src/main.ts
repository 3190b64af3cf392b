/**
 * `npm start`: without a URL a tour of the lab, with one that request.
 */
import { parseArgs } from 'node:util';
import { HELP, OneRequestError, oneRequest } from './one-request.js';
import { tour } from './tour.js';

const OPTIONS = {
  proxy: { type: 'string' },
  user: { type: 'string', short: 'u' },
  output: { type: 'string', short: 'o' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command line; resolves with the exit code. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const [url, ...more] = positionals;
  if (more.length > 0) throw new OneRequestError(`one URL at a time; got ${positionals.length}`);
  if (url !== undefined) return oneRequest(url, values);
  const unused = Object.keys(values)[0];
  if (unused !== undefined) throw new OneRequestError(`--${unused} is for a request: name its URL`);
  return tour(process.stdout);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof TypeError || error instanceof OneRequestError ? 2 : 1;
}
