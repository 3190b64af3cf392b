import { isFieldText, isToken, toFieldText } from './request-headers.js';

/**
 * Fields as programs give them, as a flat list of names and values. Left out are those that no message can hold, and those
 * whose lower-case names the predicate does not pick.
 */
export function toFieldList(fields: object, picks: (name: string) => boolean = () => true): string[] {
  const list: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!isToken(name) || !picks(name.toLowerCase())) continue;
    for (const one of [value ?? []].flat()) if (isFieldText(one)) list.push(name, toFieldText(one));
  }
  return list;
}

/** The lower-case names of the fields of a flat list. */
export function fieldNames(list: readonly string[]): Set<string> {
  return new Set(list.filter((_text, i) => i % 2 === 0).map((name) => name.toLowerCase()));
}

/** The value of the first field of a name in a flat list of names and values. */
export function fieldOf(list: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < list.length; i += 2) if (list[i]?.toLowerCase() === name) return list[i + 1];
  return undefined;
}

/** The fields of a flat list whose lower-case names the predicate picks, by the names as they are; repeated ones joined. */
export function toFieldRecord(list: readonly string[], picks: (name: string) => boolean): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [name, value] = [list[i] as string, list[i + 1] as string];
    if (!picks(name.toLowerCase()) || name === '__proto__') continue;
    const present = Object.hasOwn(record, name) ? record[name] : undefined;
    record[name] = present === undefined ? value : `${present}, ${value}`;
  }
  return record;
}
