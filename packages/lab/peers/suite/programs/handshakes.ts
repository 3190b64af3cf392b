/**
 * Many handshakes with a server that wants every request signed, and proves itself in each. Tells as JSON in its last
 * line how much memory the process had on the way, and what was open at the end; and ends by itself.
 */
import { negotiate } from '@netloom/auth-kerberos';
import { createClient } from '@netloom/core';

/** What the program saw. */
export interface HandshakesReport {
  /** How often each status was met. */
  readonly statuses: Record<string, number>;
  /** Resident memory in MiB, at even distances; the first ones before everything is warm. */
  readonly residentMiB: number[];
  /** Resources of libuv that keep a process alive, after the client was closed. */
  readonly open: string[];
}

const [, , , count, url, ccache] = process.argv as string[];
const SAMPLES = 10;
const PARALLEL = 6;

const credentials = { kind: 'ccache', ccache: ccache! } as const;
const client = createClient({
  auth: [negotiate({ credentials, requireMutual: ['server'] })],
  ambientAllowlist: '*.test',
  limits: { perOrigin: PARALLEL },
});
const statuses: Record<string, number> = {};
const residentMiB: number[] = [];
for (let sample = 0; sample < SAMPLES; sample++) {
  let left = Number(count) / SAMPLES;
  const worker = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await client.request(url!);
      await body.dump();
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  globalThis.gc?.();
  residentMiB.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
}
await client.close();
// What was closed is gone in the next turns.
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
const open = process
  .getActiveResourcesInfo()
  .filter((name) => !/^(TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/.test(name));
process.stdout.write(`${JSON.stringify({ statuses, residentMiB, open } satisfies HandshakesReport)}\n`);
