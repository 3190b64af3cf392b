import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { NotHere, type Open, type OutsideCost, type Setting } from './contestant.js';

/** An estimate of what curl gets in a second, for the first turn. */
const FIRST_RATE = 2000;

/** curl, with many URLs in one process. An outside reference: it starts anew in every turn. */
export const open: Open = async (setting) => {
  await runCurl(['--version'], '');
  let perMs = FIRST_RATE / 1000;
  const transfer = async (url: string, parallel: number, operations: number): Promise<OutsideCost> => {
    const [before, start] = [childrenCpuMs(), performance.now()];
    await runCurl(argumentsOf(setting, parallel), `url = "${url}"\noutput = /dev/null\n`.repeat(operations));
    const wallMs = performance.now() - start;
    const after = childrenCpuMs();
    return { operations, wallMs, ...(before !== undefined && after !== undefined && { cpuMs: after - before }) };
  };
  return {
    async turn({ url, parallel, ms }) {
      const cost = await transfer(url, parallel, Math.max(parallel, Math.round(perMs * ms)));
      perMs = cost.operations / cost.wallMs;
      return cost;
    },
    close: () => undefined,
  };
};

function argumentsOf({ proxy, redirects, http2, signIn }: Setting, parallel: number): string[] {
  if (signIn) throw new NotHere('curl is not measured with a sign-in');
  return [
    ...['--silent', '--show-error', '--fail', '--noproxy', proxy ? '' : '*', '--config', '-'],
    ...(parallel > 1 ? ['--parallel', '--parallel-max', String(parallel)] : []),
    ...(proxy ? ['--proxy', proxy] : []),
    ...(redirects ? ['--location'] : []),
    http2 ? '--http2' : '--http1.1',
    ...(process.env.NODE_EXTRA_CA_CERTS ? ['--cacert', process.env.NODE_EXTRA_CA_CERTS] : []),
    ...(proxy?.startsWith('https:') ? ['--proxy-cacert', process.env.NODE_EXTRA_CA_CERTS ?? ''] : []),
  ];
}

async function runCurl(args: readonly string[], input: string): Promise<void> {
  const child = spawn('curl', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-500);
  });
  child.stdin.end(input);
  const failed = once(child, 'error').then(([error]) =>
    Promise.reject(new NotHere(`curl: ${(error as Error).message}`)),
  );
  const [code] = (await Promise.race([once(child, 'close'), failed])) as [number];
  if (code !== 0) throw new Error(`curl ended with ${code}: ${complaint.trim()}`);
}

/** Processor time of children that have ended, in ms; Linux tells it, in ticks of 10 ms. */
function childrenCpuMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // Fields 16 and 17; the second one is a name in brackets, which may contain blanks.
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
