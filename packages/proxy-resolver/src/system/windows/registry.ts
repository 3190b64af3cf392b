/** The values of a registry key by name, in lower case. */
export type RegistryValues = ReadonlyMap<string, { readonly type: string; readonly data: string }>;

/** Reads what `reg query KEY` prints: lines of name, type and data, four spaces apart. */
export function parseRegQuery(output: string): RegistryValues {
  const values = new Map<string, { type: string; data: string }>();
  for (const line of output.split(/\r?\n/)) {
    const match = /^ {4}(.+?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line);
    if (match !== null) values.set(match[1]!.toLowerCase(), { type: match[2]!, data: match[3] ?? '' });
  }
  return values;
}

/** A text value. */
export function textValue(values: RegistryValues, name: string): string | undefined {
  const value = values.get(name.toLowerCase());
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : undefined;
}

/** A number, which `reg query` prints in hexadecimal. */
export function numberValue(values: RegistryValues, name: string): number | undefined {
  const value = values.get(name.toLowerCase());
  if (value?.type !== 'REG_DWORD') return undefined;
  const number = Number(value.data);
  return Number.isInteger(number) ? number : undefined;
}

/** Bytes, which `reg query` prints in hexadecimal. */
export function binaryValue(values: RegistryValues, name: string): Buffer | undefined {
  const value = values.get(name.toLowerCase());
  return value?.type === 'REG_BINARY' && /^(?:[0-9A-F]{2})+$/i.test(value.data)
    ? Buffer.from(value.data, 'hex')
    : undefined;
}
