import { once } from 'node:events';
import type { Socket } from 'node:net';
import { DIRECT, type ProxyRoute, type ProxyScheme, type ProxyServer, systemClock } from '@netloom/contracts';
import type { Lab } from '@netloom/lab';
import { type ConnectorOptions, createConnector } from '../../src/connect/connector.js';
import type { OpenOptions } from '../../src/connect/types.js';

/** A connector that resolves by the lab's table and trusts the lab's authority alone. */
export function labConnector(lab: Lab, options: Partial<ConnectorOptions> = {}) {
  const ca = { trust: 'none', ca: lab.ca.cert } as const;
  return createConnector({ hostResolver: lab.dns, clock: systemClock, tls: { origin: ca, proxy: ca }, ...options });
}

/** A route through a server of the lab. */
export function via(
  scheme: ProxyScheme,
  { port }: { readonly port: number },
  extra: Partial<ProxyServer> = {},
): ProxyRoute {
  return { proxy: { scheme, host: 'localhost', port, ...extra } };
}

/** What `open` is asked for, to a URL, with defaults for the rest. */
export function opening(url: string, options: Partial<OpenOptions> = {}): OpenOptions {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    route: DIRECT,
    destination: { protocol: protocol as 'http:', host, port: Number(port) },
    tunnel: true,
    alpn: ['http/1.1'],
    userAgent: undefined,
    tunnelAuth: undefined,
    signal: new AbortController().signal,
    ...options,
  };
}

/** Sends a GET over HTTP/1.1 and returns everything that comes back until the peer closes. */
export async function get(socket: Socket, path = '/echo'): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}
