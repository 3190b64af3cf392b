/** Decodes a script: charset of the media type, else byte order mark, else ISO-8859-1. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const label = charsetOf(contentType) ?? byteOrderMark(bytes);
  const decoder = label === undefined || isLatin1(label) ? undefined : decoderFor(label);
  if (decoder === undefined) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return decoder.decode(bytes);
}

function charsetOf(contentType: string | undefined): string | undefined {
  for (const parameter of contentType?.split(';').slice(1) ?? []) {
    const [name = '', value = ''] = parameter.split('=', 2);
    if (name.trim().toLowerCase() === 'charset') return value.trim().replaceAll('"', '').toLowerCase() || undefined;
  }
  return undefined;
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return undefined;
}

/** `TextDecoder` takes this label for windows-1252. */
const isLatin1 = (label: string) => /^(iso-?8859-1|latin1|us-ascii|ascii)$/.test(label);

/** Undefined for a label that nobody knows: the script is then read as if it had none. */
function decoderFor(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
