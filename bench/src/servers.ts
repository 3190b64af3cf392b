/** Origins and proxies, in a process of their own: clients shall not share a core's time with them. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { basicAuth, createLab, DEFAULT_USERS, digestAuth, negotiateAuth, ntlmAuth } from '@netloom/lab';
import { serve } from './harness/rpc.js';
import { bulkOrigin } from './servers/bulk-origin.js';
import { cannedOrigin, responseOf } from './servers/canned-origin.js';
import { documentOf } from './servers/document.js';
import { h2Origin } from './servers/h2-origin.js';
import { ntlmOrigin } from './servers/ntlm-origin.js';

const KIB = Buffer.alloc(1024, 'netloom ');
const HOPS = 5;

/** Canned answers: `/1k`, `/json` (50 kB, gzip), `/redirects/N` (so many hops to `/1k`). */
const RESPONSES = new Map<string, Buffer>([
  ['/1k', responseOf(200, { 'content-type': 'text/plain' }, KIB)],
  [
    '/json',
    responseOf(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync(documentOf(50_000))),
  ],
  ...Array.from({ length: HOPS }, (_, i): [string, Buffer] => [
    `/redirects/${i + 1}`,
    responseOf(302, { location: i === 0 ? '/1k' : `/redirects/${i}` }),
  ]),
]);

async function start() {
  const lab = await createLab();
  const certificate = await lab.serverCertificate();
  const users = DEFAULT_USERS;
  const secured = (scheme: ReturnType<typeof ntlmAuth>) => ({ auth: { schemes: [scheme], users } });
  lab.dns.set('web.corp.test', ['127.0.0.1']);
  return {
    ca: lab.ca.cert,
    http: await listen(cannedOrigin(RESPONSES), 'http', '0.0.0.0'),
    https: await listen(cannedOrigin(RESPONSES, certificate), 'https'),
    h2: await listen(h2Origin(KIB, certificate), 'https'),
    bulk: await listen(bulkOrigin(), 'http'),
    bulkTls: await listen(bulkOrigin(certificate), 'https'),
    ntlmOrigin: await listen(ntlmOrigin(KIB), 'http'),
    proxy: (await lab.proxy()).url,
    tlsProxy: (await lab.proxy({ tls: true })).url,
    socks: (await lab.socks()).url,
    basicProxy: (await lab.proxy(secured(basicAuth()))).url,
    digestProxy: (await lab.proxy(secured(digestAuth()))).url,
    negotiateProxy: (await lab.proxy(secured(negotiateAuth()))).url,
    ntlmProxy: (await lab.proxy(secured(ntlmAuth()))).url,
  };
}

async function listen(server: Server, scheme: 'http' | 'https', host = '127.0.0.1'): Promise<string> {
  server.listen({ port: 0, host, backlog: 2048 });
  await once(server, 'listening');
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const functions = { start };

/** What the servers' process can be asked for. */
export type ServerFunctions = typeof functions;

/** Where everything is, and the authority of the certificates. */
export type Servers = Awaited<ReturnType<typeof start>>;

serve(functions);
