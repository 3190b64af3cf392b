/** Headers that concern one hop (RFC 9110, 7.6.1). `transfer-encoding` and `trailer` go on with the body they describe. */
const HOP_BY_HOP = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'upgrade',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-authentication-info',
]);

/** Names and values in turn → the same without what concerns only this hop. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  const named = connectionOptions(rawHeaders);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name.startsWith(':') || HOP_BY_HOP.has(name) || named?.has(name)) continue;
    kept.push(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  return kept;
}

/** Names and values in turn → an object, with a list where a name comes more than once. */
export function toObject(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const names = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1]!;
    const lower = rawHeaders[index]!.toLowerCase();
    const name = names.get(lower);
    if (name === undefined) {
      names.set(lower, rawHeaders[index]!);
      headers[rawHeaders[index]!] = value;
    } else headers[name] = [headers[name]!, value].flat();
  }
  return headers;
}

/** The headers that `Connection` names besides `close` and `keep-alive`. */
function connectionOptions(rawHeaders: readonly string[]): Set<string> | undefined {
  let options: Set<string> | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== 'connection') continue;
    options ??= new Set();
    for (const option of rawHeaders[index + 1]!.split(',')) options.add(option.trim().toLowerCase());
  }
  return options;
}
