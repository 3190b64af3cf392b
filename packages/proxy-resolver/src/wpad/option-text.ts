/** The text of a DHCP option. Servers end it with line feeds, and some clients with a zero byte. */
export function optionText(bytes: Uint8Array): string | undefined {
  let end = bytes.length;
  while (end > 0 && PADDING.has(bytes[end - 1]!)) end -= 1;
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1') || undefined;
}

/** NUL, CR, LF and space. */
const PADDING: ReadonlySet<number> = new Set([0, 13, 10, 32]);
