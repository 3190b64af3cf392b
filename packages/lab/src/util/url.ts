import { isIPv6 } from 'node:net';

/** URL of a server: by name where it listens on 127.0.0.1 and `named` is set, else by address. */
export function urlOf(scheme: string, host: string, port: number, named = true): string {
  const name = named && host === '127.0.0.1' ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `${scheme}://${name}:${port}`;
}
