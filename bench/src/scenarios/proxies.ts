import type { ContestantName } from '../contestants/index.js';
import type { Case } from '../harness/measure.js';
import { CONNECTIONS, compareAll, entrants, type Scenario } from './scenario.js';

const TUNNELLERS: readonly ContestantName[] = [
  'node:http',
  'client.request',
  'client.fetch',
  'net.request',
  'net.fetch',
  'undici.request',
  'undici.fetch',
  'fetch',
  'proxy-agent',
  'got',
  'axios',
  'node-fetch',
  'curl',
];

/** node:http goes through the proxy with https-proxy-agent or socks-proxy-agent. */
function through(name: string, proxy: string, url: string, contestants = TUNNELLERS, base = 'node:http'): Case {
  return {
    name,
    base,
    task: { kind: 'get', url: `${url}/1k` },
    parallel: 10,
    contestants: entrants(contestants, { connections: CONNECTIONS, proxy }),
  };
}

export const tunnel: Scenario = {
  name: 'tunnel',
  summary: 'https and http through HTTP and HTTPS proxies, 10 in parallel',
  run({ servers, ...bench }) {
    const forwarders = TUNNELLERS.filter((name) => name !== 'node:http');
    return compareAll({ servers, ...bench }, [
      through('https through an HTTP proxy', servers.proxy, servers.https),
      through('https through an HTTPS proxy', servers.tlsProxy, servers.https),
      through('http through an HTTP proxy', servers.proxy, servers.http, forwarders, 'undici.request'),
    ]);
  },
};

export const socks: Scenario = {
  name: 'socks',
  summary: 'https and http through a SOCKS5 proxy, 10 in parallel',
  run: (bench) =>
    compareAll(bench, [
      through('https through a SOCKS5 proxy', bench.servers.socks, bench.servers.https),
      through('http through a SOCKS5 proxy', bench.servers.socks, bench.servers.http),
    ]),
};
