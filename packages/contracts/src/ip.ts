import { parseUrl } from './parse-url.js';

/** An IP address as bytes in network order: 4 of them for IPv4, 16 for IPv6. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
}

/** The addresses that share their first `prefixLength` bits with `address`. */
export interface IpBlock {
  readonly address: IpAddress;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefixLength: number;
}

/**
 * Reads an address: four decimal numbers (IPv4), or any text form of RFC 4291 section 2.2 (IPv6), with or without
 * brackets, without a zone. Undefined for everything else.
 */
export function parseIp(text: string): IpAddress | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare.includes(':')) {
    const bytes = parseIpv6(bare);
    return bytes && { family: 6, bytes };
  }
  const bytes = bare === text ? parseIpv4(text) : undefined;
  return bytes && { family: 4, bytes };
}

/**
 * Reads a CIDR block such as `10.0.0.0/8` or `fd00::/8`. Short and hexadecimal IPv4 forms are read as inet_aton does:
 * `10.20/16` is `10.0.0.20/16`. Undefined when it is no block.
 */
export function parseIpBlock(text: string): IpBlock | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIpLoose(text.slice(0, slash));
  const prefixLength = parseDecimal(text.slice(slash + 1), 128);
  if (address === undefined || prefixLength === undefined || prefixLength > address.bytes.length * 8) return undefined;
  return { address, prefixLength };
}

/** Like {@link parseIp} without brackets, but reads IPv4 in every form of inet_aton, such as `10.20` and `0x7f.1`. */
export function parseIpLoose(text: string): IpAddress | undefined {
  if (text.includes(':')) return text.startsWith('[') ? undefined : parseIp(text);
  if (!/^[0-9][0-9a-fx.]{0,50}$/i.test(text)) return undefined;
  const url = parseUrl(`http://${text}/`);
  return url && parseIp(url.hostname);
}

/** The shortest text of an address (RFC 5952), without brackets. An IPv4-mapped address keeps its hexadecimal form. */
export function formatIp({ family, bytes }: IpAddress): string {
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/**
 * Whether a block holds an address. Where the families differ, IPv4 counts as its IPv4-mapped IPv6 address, so
 * `10.0.0.0/8` holds `::ffff:10.1.2.3`.
 */
export function ipBlockContains({ address: base, prefixLength }: IpBlock, address: IpAddress): boolean {
  const sameFamily = base.family === address.family;
  const left = sameFamily ? base.bytes : mapped(base);
  const right = sameFamily ? address.bytes : mapped(address);
  const bits = sameFamily || base.family === 6 ? prefixLength : prefixLength + 96;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (left[i] !== right[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (left[whole]! ^ right[whole]!) >> (8 - rest) === 0;
}

/** Whether an address is 127.0.0.0/8, ::1, or the IPv4-mapped form of the former. */
export function isLoopbackIp(address: IpAddress): boolean {
  return ipBlockContains(LOOPBACK_4, address) || (address.family === 6 && ipBlockContains(LOOPBACK_6, address));
}

/** Whether an address is 169.254.0.0/16, its IPv4-mapped form, or fe80::/10. */
export function isLinkLocalIp(address: IpAddress): boolean {
  return ipBlockContains(LINK_LOCAL_4, address) || (address.family === 6 && ipBlockContains(LINK_LOCAL_6, address));
}

/** Reads a number of decimal digits only, at most `max`. */
export function parseDecimal(text: string, max: number): number | undefined {
  if (!/^[0-9]{1,20}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.length <= 15 ? text.split('.') : [];
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    const value = /^(0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256;
    if (value > 255) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const length = head.length + tail.length;
  if (halves.length === 2 ? length > 14 : length !== 16) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Bytes of colon-separated groups; the last may be a dotted IPv4 address where the text ends with it. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (mayEndInIpv4 && i === groups.length - 1 && group.includes('.')) {
      const v4 = parseIpv4(group);
      if (v4 === undefined) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes;
}

function mapped({ family, bytes }: IpAddress): Uint8Array {
  if (family === 6) return bytes;
  const result = new Uint8Array(16);
  result.fill(255, 10, 12);
  result.set(bytes, 12);
  return result;
}

const block = (address: string, prefixLength: number): IpBlock => ({ address: parseIp(address)!, prefixLength });
const LOOPBACK_4 = block('127.0.0.0', 8);
const LOOPBACK_6 = block('::1', 128);
const LINK_LOCAL_4 = block('169.254.0.0', 16);
const LINK_LOCAL_6 = block('fe80::', 10);
