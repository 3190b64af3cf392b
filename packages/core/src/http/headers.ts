/**
 * Request headers in netloom's normal form: a flat list of name, value, name, value in the caller's order and case. A
 * repeated field is repeated in the list. Layers share lists, so none changes one: they make new lists.
 */
export type HeaderList = readonly string[];

/** Response or trailer fields: names in lower case; a field that came several times is an array. */
export type HeaderFields = Record<string, string | string[] | undefined>;

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a field value cannot hold (RFC 9110 section 5.5): control characters but for tab, and what is not one byte. */
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether a text is a token, as methods and field names are. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a text can be sent as a field value. */
export function isFieldValue(text: string): boolean {
  return !NOT_A_VALUE.test(text);
}

/** The value of a field, several joined as RFC 9110 section 5.3 says; undefined without the field. */
export function getHeader(list: HeaderList, name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < list.length; i += 2) {
    if (!isNamed(list[i] as string, name)) continue;
    const value = list[i + 1] as string;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

/** Whether the list has a field. */
export function hasHeader(list: HeaderList, name: string): boolean {
  for (let i = 0; i < list.length; i += 2) if (isNamed(list[i] as string, name)) return true;
  return false;
}

/** A new list in which the field has this value alone: at its first place, or at the end. */
export function withHeader(list: HeaderList, name: string, value: string): string[] {
  const made: string[] = [];
  let placed = false;
  for (let i = 0; i < list.length; i += 2) {
    const present = list[i] as string;
    if (!isNamed(present, name)) {
      made.push(present, list[i + 1] as string);
    } else if (!placed) {
      placed = true;
      made.push(present, value);
    }
  }
  if (!placed) made.push(name, value);
  return made;
}

/** A new list without the fields whose lower-case name the predicate picks. */
export function withoutHeaders(list: HeaderList, isDropped: (lowerCaseName: string) => boolean): string[] {
  const made: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as string;
    if (!isDropped(name.toLowerCase())) made.push(name, list[i + 1] as string);
  }
  return made;
}

/**
 * Request headers of any form that undici takes → the normal form: an object, a flat array, an array or another
 * iterable of pairs, `Headers`. A value may be an array (a repeated field), a number or a boolean; null is an empty
 * value; a field whose value is undefined is left out.
 *
 * @throws TypeError naming the field, where a name is no token or a value cannot be sent.
 */
export function toHeaderList(headers: unknown): string[] {
  const list: string[] = [];
  if (headers === undefined || headers === null) return list;
  if (typeof headers !== 'object') throw notHeaders(headers);
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    if (headers.length % 2 !== 0) {
      throw new TypeError(
        `headers given as a flat array have to be names and values in turn; got ${headers.length} entries`,
      );
    }
    for (let i = 0; i < headers.length; i += 2) append(list, headers[i], headers[i + 1]);
  } else if (typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function') {
    for (const pair of headers as Iterable<unknown>) {
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw new TypeError('headers given as an iterable have to be pairs of name and value');
      }
      append(list, pair[0], pair[1]);
    }
  } else {
    for (const name of Object.keys(headers)) append(list, name, (headers as Record<string, unknown>)[name]);
  }
  return list;
}

/** Response fields → a flat list of name and value, as undici's handlers without a controller take it. */
export function flattenFields(fields: HeaderFields): string[] {
  const list: string[] = [];
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (typeof value === 'string') list.push(name, value);
    else if (value !== undefined) for (const one of value) list.push(name, one);
  }
  return list;
}

function isNamed(present: string, name: string): boolean {
  if (present.length !== name.length) return false;
  return present === name || present.toLowerCase() === name.toLowerCase();
}

function append(list: string[], name: unknown, value: unknown): void {
  if (value === undefined) return;
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new TypeError(`header name has to be a token of RFC 9110; got ${describe(name)}`);
  }
  if (Array.isArray(value)) for (const one of value) list.push(name, toFieldValue(name, one));
  else list.push(name, toFieldValue(name, value));
}

function toFieldValue(name: string, value: unknown): string {
  const text = toText(name, value);
  if (NOT_A_VALUE.test(text)) {
    throw new TypeError(
      `value of header "${name}" has to be visible Latin-1 text without line breaks and control characters`,
    );
  }
  return text;
}

function toText(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value === null) return '';
      throw new TypeError(
        `value of header "${name}" has to be a string, a number or an array of these; got ${kindOf(value)}`,
      );
  }
}

function notHeaders(headers: unknown): TypeError {
  return new TypeError(
    `headers have to be an object, a flat array or an iterable of name and value pairs; got ${typeof headers}`,
  );
}

function describe(name: unknown): string {
  return typeof name === 'string' ? JSON.stringify(name) : kindOf(name);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
