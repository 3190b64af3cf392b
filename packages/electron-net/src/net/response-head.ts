/** Head of a response as it came. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly httpVersion: { readonly major: number; readonly minor: number };
  /** Names and values in turn, as on the wire. Texts and bytes. */
  readonly fields: readonly (Buffer | string)[];
}

/** A head as programs see it on Electron's responses, beside what is documented. */
export interface VisibleHead extends Omit<ResponseHead, 'fields'> {
  /** Values by lower-case name. */
  readonly headers: Record<string, string[]>;
  /** As received. */
  readonly rawHeaders: { readonly key: string; readonly value: string }[];
}

/** Of these fields only the first one counts, as in node:http. */
const FIRST_ONE_COUNTS = new Set([
  ...['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host'],
  ...['if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards'],
  ...['proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent'],
]);

/** Names and values in turn, with the names' case, repeated fields repeated. */
export function toRawHeaders(fields: ResponseHead['fields']): string[] {
  return fields.map(toText);
}

/** Values by lower-case name: `set-cookie` is an array, other repeated fields are joined, or the first one counts. */
export function toHeaders(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = rawHeaders[i + 1] as string;
    const present = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (name === 'set-cookie') {
      if (present === undefined) headers[name] = [value];
      else (present as string[]).push(value);
    } else if (present === undefined) set(headers, name, value);
    else if (!FIRST_ONE_COUNTS.has(name)) set(headers, name, `${present}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return headers;
}

/** Values by lower-case name, each an array, as `redirect` events show them. */
export function toHeaderLists(
  fields: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) lists[name] = [value].flat().map(decoded);
  }
  return lists;
}

/** Values by names as they came, each an array, as listeners of webRequest see them. */
export function toFieldLists(
  raw: ResponseHead['fields'] | null | undefined,
  fields: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string[]> {
  if (!Array.isArray(raw)) return toHeaderLists(fields);
  const lists: Record<string, string[]> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name, value] = [toText(raw[i] as string), toText(raw[i + 1] as string)];
    if (Object.hasOwn(lists, name)) lists[name]?.push(value);
    else set(lists, name, [value]);
  }
  return lists;
}

/** Fields as the client's layers know them: by lower-case name, a repeated one is an array. */
export function toFieldMap(flat: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name, value] = [(flat[i] as string).toLowerCase(), flat[i + 1] as string];
    const present = Object.hasOwn(fields, name) ? fields[name] : undefined;
    set(fields, name, present === undefined ? value : [present, value].flat());
  }
  return fields;
}

/** The fields of a {@link VisibleHead}. */
export function toVisibleFields(flat: readonly string[]): Pick<VisibleHead, 'headers' | 'rawHeaders'> {
  const headers: Record<string, string[]> = Object.create(null);
  const rawHeaders: { key: string; value: string }[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [key, value] = [flat[i] as string, flat[i + 1] as string];
    const values = headers[key.toLowerCase()];
    if (values === undefined) headers[key.toLowerCase()] = [value];
    else values.push(value);
    rawHeaders.push({ key, value });
  }
  return { headers, rawHeaders };
}

/** The fields of a head that is known by names and values only. */
export function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}

/** A name that a server chose must not reach a setter of the object. */
function set(headers: object, name: string, value: string | string[]): void {
  if (name !== '__proto__') (headers as Record<string, unknown>)[name] = value;
}

function toText(part: Buffer | string): string {
  return decoded(typeof part === 'string' ? part : part.toString('latin1'));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes beyond ASCII are UTF-8 where they can be, as browsers take them. */
function decoded(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  try {
    return utf8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}
