/**
 * Requests to one https origin through a proxy that a PAC script chose, in relation to the same proxy given by name
 * (limit: 0.95).
 */
import { createClient } from '@netloom/core';
import { createProxyResolver } from '@netloom/proxy-resolver';
import { compare, report } from '../lib/compare.js';
import { startPeers } from '../lib/peers.js';

const LIMIT = 0.95;

const peers = await startPeers();
// Scripts are not asked about the machine itself, so its origin goes by another name; the proxy looks that up.
const url = `${peers.https.replace(/localhost|127\.0\.0\.1/, 'web.corp.test')}/big?bytes=1024`;
const script = `function FindProxyForURL(url, host) { return 'PROXY ${new URL(peers.proxy).host}' }`;
const resolver = createProxyResolver({ pacScript: `data:,${encodeURIComponent(script)}` });
const tls = { ca: peers.ca, trust: 'none' } as const;
const named = createClient({ proxy: peers.proxy, tls, http2: false });
const chosen = createClient({ proxy: resolver, tls, http2: false });

const ratios = await compare(
  {
    'the proxy by name': async () => (await named.request(url)).body.dump(),
    'the proxy by PAC script': async () => (await chosen.request(url)).body.dump(),
  },
  { parallel: 10 },
);
report('https through a proxy, 1 KiB, 10 in parallel (the proxy by name = 1)', ratios);
await Promise.all([named.destroy(), chosen.destroy()]);
resolver.close();
peers.stop();
const slow = (ratios['the proxy by PAC script']?.median ?? 0) < LIMIT;
console.log(slow ? `the proxy by PAC script is below ${LIMIT}` : `the proxy by PAC script is at least ${LIMIT}`);
process.exitCode = slow ? 1 : 0;
