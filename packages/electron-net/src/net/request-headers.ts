import type { Request } from './request-options.js';

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const BREAKS_A_FIELD = /[\u0000\r\n]/;

/** Whether a text can be the name of a field or of a protocol. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Fields that the network stack sets itself; a request with one of them fails. Those of proxies are such, too. */
const RESTRICTED = new Set([
  'content-length',
  'host',
  'trailer',
  'te',
  'upgrade',
  'cookie2',
  'keep-alive',
  'transfer-encoding',
]);

/** One field as it was given: with the case of its name, and a value that is no text until it is sent. */
export interface HeaderEntry {
  readonly name: string;
  readonly value: unknown;
}

/** The fields of a request by their lower-case names, in the order in which they were first set. */
export type HeaderEntries = Record<string, HeaderEntry>;

/**
 * Checks a field before it is kept.
 *
 * @throws with Electron's own messages.
 */
export function checkHeader(name: unknown, value: unknown): asserts name is string {
  if (typeof name !== 'string') throw new TypeError('`name` should be a string in setHeader(name, value)');
  if (value === undefined || value === null) throw new Error(`\`value\` required in setHeader("${name}", value)`);
  if (!isToken(name)) throw new Error(`Invalid header name: '${name}'`);
  if (!isFieldText(value)) throw new Error(`Invalid value for header '${name}': '${value}'`);
}

/**
 * Makes the entries of the `headers` option: an object, or one of the other forms that node:http and `fetch` take, which
 * are pairs, and names and values in turn.
 *
 * @throws as {@link checkHeader} does.
 */
export function toHeaderEntries(headers: object | undefined): HeaderEntries {
  const entries: HeaderEntries = Object.create(null);
  if (headers === undefined) return entries;
  for (const [name, value] of pairsOf(headers)) {
    checkHeader(name, value);
    entries[name.toLowerCase()] = { name, value };
  }
  return entries;
}

function pairsOf(headers: object): Iterable<readonly [string, unknown]> {
  if (!(Symbol.iterator in headers)) return Object.entries(headers);
  const given = [...(headers as Iterable<unknown>)];
  if (Array.isArray(given[0])) return given as [string, unknown][];
  return given.flatMap((name, i) => (i % 2 === 0 ? [[name as string, given[i + 1]] as const] : []));
}

/** Whether programs may not set a field (Chromium's `IsRequestHeaderSafe`). */
export function isRestricted(name: string, value: unknown): boolean {
  if (RESTRICTED.has(name) || name.startsWith('proxy-')) return true;
  return name === 'connection' && String(value).trim().toLowerCase() === 'upgrade';
}

/** Whether a value can be sent. */
export function isFieldText(value: unknown): boolean {
  return !BREAKS_A_FIELD.test(String(value));
}

/** A value as it is sent: text beyond ASCII goes as UTF-8, of which each byte is one character here. */
export function toFieldText(value: unknown): string {
  const text = String(value);
  return /^[\x20-\x7e\t]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a field, or undefined. */
export function headerText({ headers }: Pick<Request, 'headers'>, name: string): string | undefined {
  const entry = headers[name];
  return entry && String(entry.value);
}
