import { compileGlob } from './glob.js';
import { bracketed } from './host-port.js';
import {
  formatIp,
  type IpAddress,
  ipBlockContains,
  isLinkLocalIp,
  isLoopbackIp,
  parseDecimal,
  parseIp,
  parseIpBlock,
  parseIpLoose,
} from './ip.js';

/** How {@link HostRules.parse} reads a list. */
export interface HostRulesOptions {
  /**
   * Whether hosts of the machine itself and its link (`localhost`, `*.localhost`, 127.0.0.0/8, ::1, 169.254.0.0/16,
   * fe80::/10) match without being named, as in bypass rules of a proxy. Default true. The rule `<-loopback>` turns
   * this off within a list.
   */
  readonly implicit?: boolean | undefined;
  /** Whether a host pattern matches any host that ends with it, as in `no_proxy` and KDE's settings. Default false. */
  readonly suffixes?: boolean | undefined;
  /** Whether every answer about named rules is inverted (KDE's reversed exceptions). Default false. */
  readonly reverse?: boolean | undefined;
  /** Whether the host `loopback` is implicit too, as on Windows. Default false. */
  readonly loopbackName?: boolean | undefined;
}

/** Whether a URL matched, and by which rule. */
export interface HostMatch {
  readonly matched: boolean;
  /** The rule that decided, in canonical form; `implicit` for the implicit rules; undefined when none did. */
  readonly rule: string | undefined;
}

/**
 * A list of host rules in Chromium's syntax: the bypass rules of a proxy, or an allowlist. Rules are separated by
 * commas or semicolons; the last one that matches decides. A rule is one of
 *
 * - `[scheme://]pattern[:port]`: a host with `*` for any characters; `.example.com` means `*.example.com`;
 * - `[scheme://]address[:port]`: an IP literal, IPv6 in brackets or, without a port, bare;
 * - `address/bits`: IP literals of a block; names are not looked up; a scheme is ignored;
 * - `<local>`: hosts without a dot that are no IP literal;
 * - `<-loopback>`: takes back implicit rules and every loopback host that an earlier rule matched.
 *
 * Entries that are none of these are left out. Matching takes time linear in the host's length for each rule.
 *
 * @example
 * ```ts
 * import { HostRules } from '@netloom/contracts';
 *
 * const bypass = HostRules.parse('*.corp.test, 10.0.0.0/8, <local>');
 * bypass.matches(new URL('https://wiki.corp.test/')); // true
 * ```
 */
export class HostRules {
  /** The rules that were understood, in canonical form and order. */
  readonly rules: readonly string[];
  /** Whether answers about named rules are inverted. */
  readonly reversed: boolean;
  readonly #rules: readonly HostRule[];
  readonly #implicit: boolean;
  readonly #loopbackName: boolean;

  private constructor(rules: readonly HostRule[], options: HostRulesOptions) {
    this.#rules = rules;
    this.rules = rules.map((rule) => rule.canonical);
    this.#implicit = options.implicit ?? true;
    this.reversed = options.reverse ?? false;
    this.#loopbackName = options.loopbackName ?? false;
  }

  /**
   * Reads a list of rules.
   *
   * @throws TypeError when `text` is no string or list of strings.
   */
  static parse(text: string | readonly string[], options: HostRulesOptions = {}): HostRules {
    const entries = typeof text === 'string' ? text.split(/[,;]/) : text;
    if (!Array.isArray(entries) || entries.some((entry) => typeof entry !== 'string')) {
      throw new TypeError('Host rules must be a string or a list of strings, such as "*.example.com, <local>"');
    }
    const rules: HostRule[] = [];
    for (const entry of entries as readonly string[]) {
      const rule = parseHostRule(entry, options);
      if (rule !== undefined) rules.push(rule);
    }
    return new HostRules(rules, options);
  }

  /** Whether the list matches a URL. */
  matches(url: URL): boolean {
    return this.match(url).matched;
  }

  /** Whether the list matches a URL, and which rule decided. */
  match(url: URL): HostMatch {
    const target = targetOf(url, this.#loopbackName);
    for (let i = this.#rules.length - 1; i >= 0; i--) {
      const rule = this.#rules[i]!;
      const verdict = rule.evaluate(target);
      if (verdict !== undefined) return { matched: verdict !== this.reversed, rule: rule.canonical };
    }
    if (this.#implicit && target.isImplicit) return { matched: true, rule: 'implicit' };
    return { matched: this.reversed, rule: undefined };
  }
}

/** One rule, as parsed. */
export interface HostRule {
  /** The rule as Chromium would write it. */
  readonly canonical: string;
  /** True: matches. False: takes a match of earlier rules back. Undefined: does not apply. */
  evaluate(target: HostTarget): boolean | undefined;
}

/** What rules look at in a URL. */
export interface HostTarget {
  /** Without the colon. */
  readonly scheme: string;
  /** As in the URL: lower case, IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  readonly ip: IpAddress | undefined;
  /** Whether the implicit rules hold for it. */
  readonly isImplicit: boolean;
}

/** Reads one rule; undefined when it is none. For lists see {@link HostRules}. */
export function parseHostRule(text: string, options: Pick<HostRulesOptions, 'suffixes'> = {}): HostRule | undefined {
  const trimmed = text.trim();
  const special = trimmed.length <= 12 ? trimmed.toLowerCase() : trimmed;
  if (special === '<local>') return SIMPLE_HOSTS;
  if (special === '<-loopback>') return NOT_IMPLICIT;

  const schemeEnd = trimmed.indexOf('://');
  const scheme = schemeEnd < 0 ? undefined : trimmed.slice(0, schemeEnd).toLowerCase();
  const rest = schemeEnd < 0 ? trimmed : trimmed.slice(schemeEnd + 3);
  if (scheme === '' || rest === '') return undefined;
  if (rest.includes('/')) return blockRule(rest);
  return addressRule(scheme, rest) ?? patternRule(scheme, rest, options.suffixes ?? false);
}

const SIMPLE_HOSTS: HostRule = {
  canonical: '<local>',
  evaluate: ({ host, ip }) => (ip === undefined && !host.includes('.')) || undefined,
};

const NOT_IMPLICIT: HostRule = {
  canonical: '<-loopback>',
  evaluate: ({ isImplicit }) => (isImplicit ? false : undefined),
};

function blockRule(text: string): HostRule | undefined {
  const block = parseIpBlock(text);
  if (block === undefined) return undefined;
  return { canonical: text, evaluate: ({ ip }) => (ip !== undefined && ipBlockContains(block, ip)) || undefined };
}

function addressRule(scheme: string | undefined, text: string): HostRule | undefined {
  const whole = /^\[[^\]]*\]$/.test(text) ? parseIp(text) : parseIpLoose(text);
  if (whole !== undefined) return exactRule(scheme, whole, undefined);
  const colon = text.lastIndexOf(':');
  if (colon < 0) return undefined;
  const host = text.slice(0, colon);
  const address = host.startsWith('[') ? parseIp(host) : host.includes(':') ? undefined : parseIpLoose(host);
  const port = parseDecimal(text.slice(colon + 1), 65535);
  return address && port !== undefined ? exactRule(scheme, address, port) : undefined;
}

function exactRule(scheme: string | undefined, address: IpAddress, port: number | undefined): HostRule {
  const host = bracketed(formatIp(address));
  return hostRule(scheme, host, port, (candidate) => candidate === host);
}

function patternRule(scheme: string | undefined, text: string, suffixes: boolean): HostRule | undefined {
  const colon = text.lastIndexOf(':');
  const port = colon < 0 ? undefined : parseDecimal(text.slice(colon + 1), 65535);
  if (colon >= 0 && port === undefined) return undefined;
  const host = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  const pattern = host.startsWith('.') || (suffixes && !host.startsWith('*')) ? `*${host}` : host;
  return hostRule(scheme, pattern, port, compileGlob(pattern));
}

function hostRule(
  scheme: string | undefined,
  host: string,
  port: number | undefined,
  matchesHost: (host: string) => boolean,
): HostRule {
  return {
    canonical: `${scheme === undefined ? '' : `${scheme}://`}${host}${port === undefined ? '' : `:${port}`}`,
    evaluate: (target) =>
      ((port === undefined || port === target.port) &&
        (scheme === undefined || scheme === target.scheme) &&
        matchesHost(target.host)) ||
      undefined,
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 };

function targetOf(url: URL, loopbackName: boolean): HostTarget {
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? (DEFAULT_PORTS[scheme] ?? -1) : Number(url.port);
  const ip = parseIp(host);
  const isImplicit = ip === undefined ? isLocalName(host, loopbackName) : isLoopbackIp(ip) || isLinkLocalIp(ip);
  return { scheme, host, port, ip, isImplicit };
}

function isLocalName(host: string, loopbackName: boolean): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return name === 'localhost' || name.endsWith('.localhost') || (loopbackName && name === 'loopback');
}
