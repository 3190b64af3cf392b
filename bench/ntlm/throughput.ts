/**
 * Requests per second through a proxy that wants NTLM, against the same proxy without sign-in, ten at a time. The proxies
 * run in a process of their own and are asked in turns, so that both see the same machine. Limit: 0.95.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ntlm } from '@netloom/auth-ntlm';
import { type Client, createClient } from '@netloom/core';
import { createLab, ntlmAuth } from '@netloom/lab';

const LIMIT = 0.95;
const PARALLEL = 10;
const REQUESTS = 2000;
const ROUNDS = 15;

/** Addresses of the servers. */
interface Servers {
  readonly origin: string;
  readonly plain: string;
  readonly ntlm: string;
}

if (process.send === undefined) await measure();
else await serve();

async function serve(): Promise<void> {
  const lab = await createLab();
  const origin = await lab.origin({ protocol: 'http' });
  const [plain, signedIn] = [await lab.proxy(), await lab.proxy({ auth: { schemes: [ntlmAuth()] } })];
  process.send?.({ origin: origin.url, plain: plain.url, ntlm: signedIn.url } satisfies Servers);
  await once(process, 'disconnect');
  await lab.close();
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url));
  const [servers] = (await once(child, 'message')) as [Servers];
  const [plain, signedIn] = [clientOf(servers.plain), clientOf(servers.ntlm)];
  const rates: { plain: number; signedIn: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const rate = { plain: await rateOf(plain, servers.origin), signedIn: await rateOf(signedIn, servers.origin) };
    // The first round warms up, and signs the connections in.
    if (round > 0) rates.push(rate);
  }
  await Promise.all([plain.destroy(), signedIn.destroy()]);
  child.disconnect();
  report(rates);
}

function clientOf(proxy: string): Client {
  const credentials = async () => ({ username: 'LAB\\alice', password: 'wonderland' });
  return createClient({ proxy, auth: [ntlm()], credentials, limits: { perOrigin: PARALLEL } });
}

function report(rates: readonly { plain: number; signedIn: number }[]): void {
  const ratio = median(rates.map((rate) => rate.signedIn / rate.plain));
  console.log(`${PARALLEL} requests at a time through a proxy, medians of ${ROUNDS} rounds, Node ${process.version}`);
  console.log(`without sign-in  ${median(rates.map((rate) => rate.plain)).toFixed(0)} requests/s`);
  console.log(`with NTLM        ${median(rates.map((rate) => rate.signedIn)).toFixed(0)} requests/s`);
  console.log(`ratio            ${ratio.toFixed(3)}`);
  if (ratio >= LIMIT) return;
  console.error(`The ratio is below ${LIMIT}`);
  process.exitCode = 1;
}

async function rateOf(client: Client, origin: string): Promise<number> {
  const start = performance.now();
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) {
      const { body, statusCode } = await client.request(`${origin}/`);
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      await body.dump();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return (REQUESTS * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
