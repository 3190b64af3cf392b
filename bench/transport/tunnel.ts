/**
 * https through CONNECT: against node:https with https-proxy-agent (limit: 2.5 times as fast) and undici's ProxyAgent.
 */
import { request } from 'node:https';
import { createClient } from '@netloom/core';
import { HttpsProxyAgent } from 'https-proxy-agent';
import * as undici from 'undici';
import { compare, report } from '../lib/compare.js';
import { startPeers } from '../lib/peers.js';

const LIMIT = 2.5;

const peers = await startPeers();
const url = `${peers.https}/big?bytes=1024`;
const agent = new HttpsProxyAgent(peers.proxy, { keepAlive: true, maxSockets: 64, ca: peers.ca });
const proxyAgent = new undici.ProxyAgent({ uri: peers.proxy, requestTls: { ca: peers.ca }, connections: 64 });
const client = createClient({ proxy: peers.proxy, tls: { ca: peers.ca, trust: 'none' }, http2: false });

function byNode(): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, ca: peers.ca }, (response) => {
      response.resume();
      response.once('end', resolve);
    });
    asked.once('error', reject);
    asked.end();
  });
}

const ratios = await compare(
  {
    'node:https with https-proxy-agent': byNode,
    'undici.request with ProxyAgent': async () => (await undici.request(url, { dispatcher: proxyAgent })).body.dump(),
    'client.request': async () => (await client.request(url)).body.dump(),
  },
  { parallel: 10 },
);
report('https through a CONNECT tunnel, 1 KiB, 10 in parallel (node:https with https-proxy-agent = 1)', ratios);
await Promise.all([client.destroy(), proxyAgent.destroy()]);
agent.destroy();
peers.stop();
const slow = (ratios['client.request']?.median ?? 0) < LIMIT;
console.log(slow ? `client.request is below ${LIMIT}` : `client.request is at least ${LIMIT}`);
process.exitCode = slow ? 1 : 0;
