/**
 * The whole pipeline against undici on its own: 1 KiB GET at 1, 10 and 100 in parallel. Limit: 0.9 of `undici.request`.
 */
import { createClient } from '@netloom/core';
import * as undici from 'undici';
import { compare, report } from '../lib/compare.js';
import { startPeers } from '../lib/peers.js';

const LIMIT = 0.9;

const peers = await startPeers();
const url = `${peers.http}/big?bytes=1024`;
const agent = new undici.Agent({ connections: 64 });
const client = createClient();
const contestants = {
  'undici.request': async () => (await undici.request(url, { dispatcher: agent })).body.dump(),
  'client.request': async () => (await client.request(url)).body.dump(),
  'undici.request over netloom': async () => (await undici.request(url, { dispatcher: client.dispatcher })).body.dump(),
  'undici.fetch': async () => (await undici.fetch(url, { dispatcher: agent })).arrayBuffer(),
  'client.fetch': async () => (await client.fetch(url)).arrayBuffer(),
};
let slow = false;
for (const parallel of [1, 10, 100]) {
  const ratios = await compare(contestants, { parallel });
  report(`http, 1 KiB, ${parallel} in parallel (undici.request = 1)`, ratios);
  slow ||= (ratios['client.request']?.median ?? 0) < LIMIT;
}
await Promise.all([client.destroy(), agent.destroy()]);
peers.stop();
console.log(slow ? `client.request is below ${LIMIT}` : `client.request is at least ${LIMIT}`);
process.exitCode = slow ? 1 : 0;
