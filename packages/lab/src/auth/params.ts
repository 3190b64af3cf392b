const PARAM = /\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/gy;

/**
 * Reads `name=value, name="value"` of an `Authorization` header (RFC 9110, 11.4). Names become lower case.
 *
 * @returns `undefined` for text that is no such list, or names a parameter twice.
 */
export function parseParams(text: string): Map<string, string> | undefined {
  const params = new Map<string, string>();
  PARAM.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const match = PARAM.exec(text);
    if (!match) return undefined;
    const name = match[1]!.toLowerCase();
    if (params.has(name)) return undefined;
    params.set(name, match[2] === undefined ? match[3]! : match[2].replace(/\\(.)/g, '$1'));
    end = PARAM.lastIndex;
  }
  return params;
}

/** A quoted-string (RFC 9110, 5.6.4). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Text whose UTF-8 bytes came as the Latin-1 characters of a header. */
export function headerToUtf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
