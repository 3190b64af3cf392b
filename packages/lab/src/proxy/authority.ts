/** The target of a CONNECT (RFC 9110, 9.3.6). */
export interface Authority {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[::1]:port`; `undefined` for anything else. */
export function parseAuthority(text: string): Authority | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/i.exec(text);
  if (!match) return undefined;
  const port = Number(match[3]);
  return port > 0 && port < 65_536 ? { host: (match[1] ?? match[2])!, port } : undefined;
}
