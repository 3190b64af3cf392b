/** A value of a property list as `scutil` prints it. */
export type ScutilValue = string | readonly ScutilValue[] | { readonly [key: string]: ScutilValue };

/**
 * Reads what `scutil --proxy` prints: nested `<dictionary> { key : value }` and `<array> { index : value }`. Undefined
 * where it is something else.
 */
export function parseScutil(output: string): { readonly [key: string]: ScutilValue } | undefined {
  const lines = output.split(/\r?\n/);
  const root = readDictionary(lines, lines.findIndex((line) => line.trim() === '<dictionary> {') + 1);
  return root?.value;
}

interface Read<T> {
  readonly value: T;
  /** The line after it. */
  readonly next: number;
}

function readDictionary(lines: readonly string[], start: number): Read<{ [key: string]: ScutilValue }> | undefined {
  if (start === 0) return undefined;
  const value: { [key: string]: ScutilValue } = Object.create(null);
  for (let i = start; i < lines.length; ) {
    const line = lines[i]!.trim();
    if (line === '}') return { value, next: i + 1 };
    const [, key, text] = /^(.+?) : (.*)$/.exec(line) ?? [];
    if (key === undefined || text === undefined) {
      i += 1;
      continue;
    }
    const nested = /^<(dictionary|array)> \{$/.exec(text)?.[1];
    if (nested === undefined) {
      value[key] = text;
      i += 1;
      continue;
    }
    const inner = readDictionary(lines, i + 1);
    if (inner === undefined) return undefined;
    value[key] = nested === 'array' ? Object.values(inner.value) : inner.value;
    i = inner.next;
  }
  return undefined;
}
