/** The network in which decisions are recorded: every address answers, and names are known from this table. */
import { isIP } from 'node:net';

/** Ports that answer; proxies and URLs of the tables use no others. */
export const OPEN_PORTS = [80, 443, 1080, 1081, 3000, 3128, 8000, 8080, 8443, 8888] as const;

/** Names with an address of their own. */
export const NAMES: Readonly<Record<string, string>> = {
  'p1.test': '10.1.0.1',
  'p2.test': '10.1.0.2',
  'p3.test': '10.1.0.3',
  'p4.test': '10.1.0.4',
  'p5.test': '10.1.0.5',
  'p6.test': '10.1.0.6',
  'inside.corp.test': '10.20.0.7',
  'printer.corp.test': '10.20.44.9',
  'branch.corp.test': '172.16.8.1',
  intranet: '10.20.0.8',
};

/** The address of every other name, except those below {@link MISSING}. */
export const ORIGIN = '203.0.113.80';

/** No name that ends so exists. */
export const MISSING = '.missing.test';

/** What a look-up of a name gives, IPv4 only; undefined where there is no such name. */
export function addressOf(name: string): string | undefined {
  return name.endsWith(MISSING) ? undefined : (NAMES[name] ?? ORIGIN);
}

/** Names that a browser takes to mean this machine, at either of its loopback addresses. */
export function isLocalhost(name: string): boolean {
  return /(^|\.)localhost$/.test(name);
}

const USES: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTPS: 'https',
  SOCKS: 'socks4',
  SOCKS4: 'socks4',
  SOCKS5: 'socks5',
};
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' };

/**
 * What a browser connects to that uses this entry of a PAC result, such as `PROXY p1.test:80`, for a URL.
 *
 * @returns `scheme address:port`, with `direct` as scheme for the origin itself.
 */
export function whereTo(entry: string, url: string): string {
  const [kind = '', server = ''] = entry.split(' ');
  const { protocol, hostname, port } = new URL(url);
  if (kind === 'DIRECT') return `direct ${locate(hostname)}:${port || DEFAULT_PORTS[protocol]}`;
  const split = server.lastIndexOf(':');
  return `${USES[kind] ?? kind} ${locate(server.slice(0, split))}:${server.slice(split + 1)}`;
}

function locate(host: string): string | undefined {
  const name = host.replace(/^\[|\]$|\.$/g, '');
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(name);
  if (mapped) return mapped.slice(1).flatMap(bytesOf).join('.');
  if (isIP(name) !== 0) return name;
  return isLocalhost(name) ? 'localhost' : addressOf(name);
}

function bytesOf(group: string): [number, number] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
