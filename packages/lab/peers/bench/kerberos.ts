/**
 * Negotiate at real servers: how long a token takes and what it does to the event loop, beside the `kerberos` package;
 * and requests per second through a Negotiate proxy, beside the same proxy without sign-in. Runs inside the testbed; see
 * `../README.md`.
 */
import { execFile } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gssapiProvider, kerberosPackageProvider, type NegotiateProvider, negotiate } from '@netloom/auth-kerberos';
import { createClient } from '@netloom/core';
import { at, FILES, PEOPLE, PORTS, REALM, squidPort } from '../testbed/layout.js';

const TOKENS = 1_000;
const ROUND_MS = 3_000;
const ROUNDS = 5;
const PARALLEL = 10;
/** A proxy that asks for sign-in is to serve at least this much of what it serves without. */
const BUDGET = 0.95;

const TICKETS = `FILE:${at('bench.ccache')}`;
const CHILD = fileURLToPath(new URL('../../../auth-kerberos/dist/gssapi-child.mjs', import.meta.url));
const { username, password } = PEOPLE.proxy;
const { signal } = new AbortController();

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Milliseconds of one first token, one after the other, and the longest delay of the event loop meanwhile. */
async function tokens(provider: NegotiateProvider) {
  const make = async () => {
    const context = provider.initialise({
      spn: { service: 'HTTP', host: 'proxy.test' },
      credentials: { kind: 'ambient' },
      package: 'negotiate',
      mutual: true,
      delegation: 'never',
      channelBinding: undefined,
    });
    await context.step(undefined, signal);
    context.dispose();
  };
  for (let n = 0; n < 50; n++) await make();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  for (let n = 0; n < TOKENS; n++) {
    const start = performance.now();
    await make();
    times.push(performance.now() - start);
  }
  delay.disable();
  return { medianMs: median(times), delayP99Ms: delay.percentile(99) / 1e6 };
}

/** Requests per second at {@link PARALLEL} in parallel, for one round. */
async function requestsPerSecond(proxy: string): Promise<number> {
  const client = createClient({ proxy, auth: [negotiate()], limits: { perOrigin: PARALLEL } });
  const request = async () => {
    const { statusCode, body } = await client.request(`http://web.test:${PORTS.apacheHttp}/none/`);
    await body.dump();
    if (statusCode !== 200) throw new Error(`${proxy} answered ${statusCode}`);
  };
  await Promise.all(Array.from({ length: PARALLEL }, request));
  const end = performance.now() + ROUND_MS;
  let count = 0;
  const worker = async () => {
    while (performance.now() < end) {
      await request();
      count++;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  await client.close();
  return (count / ROUND_MS) * 1_000;
}

process.env.KRB5_CONFIG = FILES.krb5;
process.env.KRB5CCNAME = TICKETS;
await promisify(execFile)('sh', ['-c', `echo '${password}' | kinit -c ${TICKETS} ${username}@${REALM}`]);

const contestants = {
  'netloom (GSSAPI)': gssapiProvider(),
  'netloom (GSSAPI in a child)': gssapiProvider({ isolation: 'process', childFile: CHILD }),
  'kerberos package': kerberosPackageProvider(),
};
for (const [name, provider] of Object.entries(contestants)) {
  const why = await provider.unavailable();
  if (why !== undefined) {
    console.log(`${name}: left out, ${why}`);
    continue;
  }
  const { medianMs, delayP99Ms } = await tokens(provider);
  console.log(`${name}: ${medianMs.toFixed(2)} ms per token, event loop delayed by ${delayP99Ms.toFixed(1)} ms (p99)`);
}

const plain: number[] = [];
const signedIn: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  plain.push(await requestsPerSecond(`http://proxy.test:${squidPort('main', 'http', 'none')}`));
  signedIn.push(await requestsPerSecond(`http://proxy.test:${squidPort('main', 'http', 'negotiate')}`));
}
const ratio = median(signedIn.map((value, round) => value / plain[round]!));
console.log(`Squid: ${Math.round(median(plain))} requests/s, with Negotiate ${Math.round(median(signedIn))}`);
console.log(`ratio ${ratio.toFixed(2)}, ${ratio >= BUDGET ? 'within' : 'beyond'} the budget of ${BUDGET}`);
process.exitCode = ratio >= BUDGET ? 0 : 1;
