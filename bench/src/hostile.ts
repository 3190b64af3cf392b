/**
 * A program that meets hostile PAC scripts: how long its event loop stands still while each is loaded and asked once.
 * Tells in JSON the longest stop of every round, in ms, by the name of the script.
 *
 *     node hostile.js ROUNDS
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delayed } from 'node:timers/promises';
import { createProxyResolver } from '@netloom/proxy-resolver';
import { HOSTILE_SCRIPTS } from './scenarios/hostile-scripts.js';

const delay = monitorEventLoopDelay({ resolution: 1 });
/** No name is known, which is an answer and takes no time. */
const hostResolver = { lookup: () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })) };

async function stopFor(body: string): Promise<number> {
  const source = `function FindProxyForURL(url, host) { ${body} return 'DIRECT' }`;
  const resolver = createProxyResolver({ pacScript: `data:,${encodeURIComponent(source)}` }, { hostResolver });
  delay.reset();
  delay.enable();
  await resolver.resolve(new URL('http://www.example.org/'));
  await delayed(10);
  delay.disable();
  resolver.close();
  return delay.max / 1e6;
}

// The first one loads the engine.
await stopFor('');
const stops: Record<string, number[]> = {};
for (const [name, body] of Object.entries(HOSTILE_SCRIPTS)) {
  stops[name] = [];
  for (let round = 0; round < Number(process.argv[2]); round++) stops[name].push(await stopFor(body));
  // The thread of the script ends, and gives back what it had.
  await delayed(200);
}
process.stdout.write(JSON.stringify(stops), () => process.exit());
