import { canonicalHost } from './host-port.js';
import { formatIp, type IpAddress, type IpBlock, ipBlockContains, parseDecimal, parseIp, parseIpBlock } from './ip.js';

/**
 * The list of a `no_proxy` variable as command line tools read it, which is not Chromium's syntax ({@link HostRules}).
 * Entries are separated by commas or white space:
 *
 * - `*`: every host;
 * - `example.com`, `.example.com`, `*.example.com`: that host and all below it, never `notexample.com`;
 * - an IP literal, IPv6 with or without brackets;
 * - a CIDR block, for hosts that are IP literals;
 * - each but a block with `:port` behind it: only that port.
 *
 * Nothing is implied: `localhost` goes to the proxy unless it is named. Entries that are none of these are left out.
 *
 * @example
 * ```ts
 * import { NoProxy } from '@netloom/contracts';
 *
 * NoProxy.parse('corp.test, 10.0.0.0/8, db.test:5432').matches(new URL('http://wiki.corp.test/')); // true
 * ```
 */
export class NoProxy {
  /** The entries that were understood, as written. */
  readonly entries: readonly string[];
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.entries = entries.map((entry) => entry.text);
  }

  /** Reads a list. */
  static parse(text: string): NoProxy {
    const entries: Entry[] = [];
    for (const word of text.split(/[\s,]/)) {
      const entry = parseEntry(word);
      if (entry !== undefined) entries.push(entry);
    }
    return new NoProxy(entries);
  }

  /** Whether the list names the host of a URL. */
  matches(url: URL): boolean {
    return this.match(url) !== undefined;
  }

  /** The first entry that names the host of a URL, as written. */
  match(url: URL): string | undefined {
    const host = url.hostname.toLowerCase().replace(/\.$/, '');
    const ip = parseIp(host);
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
    const target: Target = { host: ip === undefined ? host : formatIp(ip), ip, port };
    return this.#entries.find((entry) => entry.matches(target))?.text;
  }
}

interface Target {
  readonly host: string;
  readonly ip: IpAddress | undefined;
  readonly port: number | undefined;
}

interface Entry {
  readonly text: string;
  matches(target: Target): boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'ftp:': 21,
};

function parseEntry(text: string): Entry | undefined {
  if (text === '') return undefined;
  const block = parseIpBlock(text);
  if (block !== undefined) return blockEntry(text, block);

  const literal = parseIp(text);
  if (literal !== undefined) return hostEntry(text, formatIp(literal), undefined, false);
  const colon = text.lastIndexOf(':');
  const port = colon < 0 ? undefined : parseDecimal(text.slice(colon + 1), 65535);
  if (colon >= 0 && port === undefined) return undefined;

  const name = colon < 0 ? text : text.slice(0, colon);
  if (name === '*') return { text, matches: (target) => port === undefined || port === target.port };
  const ip = parseIp(name);
  if (ip !== undefined) return hostEntry(text, formatIp(ip), port, false);
  const host = canonicalHost(name.replace(/^\*?\./, '').replace(/\.$/, ''));
  return host === undefined ? undefined : hostEntry(text, host, port, true);
}

function blockEntry(text: string, block: IpBlock): Entry {
  return { text, matches: ({ ip }) => ip !== undefined && ipBlockContains(block, ip) };
}

function hostEntry(text: string, host: string, port: number | undefined, subdomains: boolean): Entry {
  const suffix = `.${host}`;
  return {
    text,
    matches: (target) =>
      (port === undefined || port === target.port) &&
      (target.host === host || (subdomains && target.ip === undefined && target.host.endsWith(suffix))),
  };
}
