import type { Challenge } from '@netloom/contracts';

/**
 * Reads the challenges of all `WWW-Authenticate` or `Proxy-Authenticate` fields of a response as lists
 * (RFC 9110 sections 5.6.1 and 11.6.1): several challenges may share a line, and commas may be part of quoted strings.
 * Hostile text never throws: a challenge that breaks the grammar is marked `malformed`, and what cannot be told to
 * belong to one is left out. Takes time linear in the length of the text.
 *
 * @param fields - one field value, or one for each line.
 */
export function parseChallenges(fields: string | readonly string[] | undefined): Challenge[] {
  if (fields === undefined) return [];
  const challenges: Challenge[] = [];
  // Each line is read by itself, so that an open quote in one does not swallow the next.
  for (const field of typeof fields === 'string' ? [fields] : fields) parseField(field, challenges);
  return challenges;
}

/**
 * Reads a list of parameters that belong to no scheme: `Authentication-Info` and `Proxy-Authentication-Info`
 * (RFC 9110 section 11.6.3).
 */
export function parseAuthParams(fields: string | readonly string[] | undefined): (readonly [string, string])[] {
  if (fields === undefined) return [];
  const params: (readonly [string, string])[] = [];
  for (const field of typeof fields === 'string' ? [fields] : fields) {
    const reader = new Reader(field);
    for (reader.skipSeparators(); !reader.done; reader.skipSeparators()) {
      const param = reader.param();
      if (param === undefined) reader.skipElement();
      else params.push(param);
    }
  }
  return params;
}

function parseField(field: string, challenges: Challenge[]): void {
  const reader = new Reader(field);
  for (reader.skipSeparators(); !reader.done; reader.skipSeparators()) {
    const start = reader.position;
    const scheme = reader.atParam() ? undefined : reader.token();
    if (scheme === undefined) reader.skipElement();
    else challenges.push(parseChallenge(reader, scheme, start));
  }
}

function parseChallenge(reader: Reader, scheme: string, start: number): Challenge {
  const name = scheme.toLowerCase();
  const spaced = reader.skipSpaces();
  const token68 = spaced ? reader.token68() : undefined;
  const params: (readonly [string, string])[] = [];
  let malformed = false;
  let end = reader.position;
  // What follows the scheme has to be an end, a comma, a token68 or parameters.
  if (token68 === undefined && !reader.done && !reader.atComma() && !(spaced && reader.atParam())) {
    malformed = true;
    reader.skipElement();
    end = reader.position;
  }
  for (;;) {
    reader.skipSeparators();
    if (!reader.atParam()) break;
    if (token68 !== undefined) malformed = true;
    const param = malformed ? undefined : reader.param();
    if (param !== undefined && reader.atEndOfElement()) {
      params.push(param);
    } else {
      malformed = true;
      reader.skipElement();
    }
    end = reader.position;
  }
  const text = reader.slice(start, end);
  return {
    scheme: name,
    params,
    text,
    ...(token68 === undefined ? undefined : { token68 }),
    ...(malformed ? { malformed } : undefined),
  };
}

const SPACES = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)/y;
const PARAM_START = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=/y;
/** A value without quotes. Servers put more into it than a token allows, so it ends at the comma only. */
const PLAIN_VALUE = /[^,]+/y;
/** A quoted string; a missing end quote is read as if it stood at the end of the line. */
const QUOTED_VALUE = /"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)/sy;
/** An element that is no challenge and no parameter: up to the next comma outside quotes. */
const ELEMENT = /[^",]*(?:"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)[^",]*)*/sy;

class Reader {
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.position >= this.#text.length;
  }

  atComma(): boolean {
    return this.#text[this.position] === ',';
  }

  atEndOfElement(): boolean {
    this.skipSpaces();
    return this.done || this.atComma();
  }

  /** Whether a parameter begins here: a token followed by `=`. */
  atParam(): boolean {
    PARAM_START.lastIndex = this.position;
    return PARAM_START.test(this.#text);
  }

  /** Skips blanks; tells whether there were any. */
  skipSpaces(): boolean {
    return this.#match(SPACES)![0].length > 0;
  }

  /** Skips blanks and the commas of empty list elements. */
  skipSeparators(): void {
    this.#match(SEPARATORS);
  }

  skipElement(): void {
    this.#match(ELEMENT);
  }

  token(): string | undefined {
    return this.#match(TOKEN)?.[0];
  }

  token68(): string | undefined {
    return this.#match(TOKEN68)?.[1];
  }

  /** Reads `name = value`; undefined, at the place of the break, when there is no value. */
  param(): readonly [name: string, value: string] | undefined {
    const name = this.token();
    if (name === undefined) return undefined;
    this.skipSpaces();
    if (this.#text[this.position] !== '=') return undefined;
    this.position += 1;
    this.skipSpaces();
    const quoted = this.#match(QUOTED_VALUE);
    const value = quoted ? quoted[1]!.replace(/\\(.)/gs, '$1') : this.#match(PLAIN_VALUE)?.[0].trimEnd();
    return value === undefined ? undefined : [name.toLowerCase(), value];
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start, end).trim();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text);
    if (found !== null) this.position += found[0].length;
    return found;
  }
}

/** The last value of a parameter, as servers that repeat one mean it; undefined where there is none. */
export function authParam(params: Challenge['params'], name: string): string | undefined {
  return params.findLast(([key]) => key === name)?.[1];
}
