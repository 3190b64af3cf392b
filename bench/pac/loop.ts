/**
 * How long the event loop stands still while hostile PAC scripts run (median of the longest stop of each run; limit:
 * 20 ms), and what memory the process has after each. The first script is harmless and loads the engine.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delayed } from 'node:timers/promises';
import { createProxyResolver } from '@netloom/proxy-resolver';

const LIMIT = 20;
const ROUNDS = 5;
const SCRIPTS = {
  'a first script, harmless': '',
  'an endless loop': 'for (;;);',
  recursion: '(function f() { f() })();',
  '1 GB': 'var a = []; for (;;) a.push(new ArrayBuffer(1e6));',
  '100 000 names': 'for (var i = 0; i < 100000; i++) dnsResolve("h" + i + ".invalid");',
  'a regular expression': '/^(a+)+$/.test("a".repeat(40) + "b");',
  'a flood of messages': 'for (;;) alert("x".repeat(1000));',
  '1 MB of source': `/* ${'x'.repeat(1_000_000)} */`,
  '5 MB of source': `/* ${'x'.repeat(5_000_000)} */`,
};

const mib = () => Math.round(process.memoryUsage().rss / 1024 / 1024);
const delay = monitorEventLoopDelay({ resolution: 1 });
const hostResolver = {
  lookup: () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })),
};

/** Longest stop of the event loop, in ms, while a script is loaded and asked once. */
async function stopFor(body: string): Promise<number> {
  const source = `function FindProxyForURL(url, host) { ${body} return 'DIRECT' }`;
  const config = { pacScript: `data:,${encodeURIComponent(source)}` };
  const resolver = createProxyResolver(config, { hostResolver });
  delay.reset();
  delay.enable();
  await resolver.resolve(new URL('http://www.example.org/'));
  await delayed(10);
  delay.disable();
  resolver.close();
  return delay.max / 1e6;
}

console.log(`longest stop of the event loop (limit: ${LIMIT} ms), memory of the process`);
for (const [name, body] of Object.entries(SCRIPTS)) {
  const stops: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) stops.push(await stopFor(body));
  const stop = stops.sort((one, other) => one - other)[ROUNDS >> 1] as number;
  // The thread of the script ends, and gives back what it had.
  await delayed(500);
  console.log(`  ${name.padEnd(26)} ${stop.toFixed(1).padStart(6)} ms  ${mib()} MiB`);
  if (stop >= LIMIT) process.exitCode = 1;
}
