import { isIPv6 } from 'node:net';
import type { Destination } from './types.js';

/** What a CONNECT request carries besides its target. */
export interface TunnelFields {
  readonly userAgent: string | undefined;
  /** Value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

/** `host:port` of a destination, the host in brackets if it is an IPv6 address. */
export function authority({ host, port }: Pick<Destination, 'host' | 'port'>): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/**
 * The CONNECT request for a destination (RFC 9110 section 9.3.6): none of the request's own fields but its user agent
 * reaches the proxy.
 *
 * @throws TypeError when a value would break the head apart.
 */
export function tunnelHead(destination: Destination, { userAgent, authorization }: TunnelFields): string {
  const target = authority(destination);
  if (!/^[\x21-\x7e]+$/.test(target))
    throw new TypeError(`The host to tunnel to must be printable ASCII without spaces`);
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, 'Proxy-Connection: keep-alive'];
  if (userAgent !== undefined) lines.push(field('User-Agent', userAgent));
  if (authorization !== undefined) lines.push(field('Proxy-Authorization', authorization));
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function field(name: string, value: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new TypeError(`The value of ${name} must be a header value: no control characters, Latin-1 only`);
  }
  return `${name}: ${value}`;
}
