/** The settings of a connection, as Windows keeps them in one binary value. */
export interface ConnectionSettings {
  /** Whether `proxy` is in use. */
  readonly useProxy: boolean;
  /** Whether `pacUrl` is in use. */
  readonly usePac: boolean;
  readonly autoDetect: boolean;
  readonly proxy: string;
  readonly bypass: string;
  readonly pacUrl: string;
}

const USE_PROXY = 2;
const USE_PAC = 4;
const AUTO_DETECT = 8;

/**
 * Reads the values `DefaultConnectionSettings` and `WinHttpSettings`: version, counter and flags of four bytes each,
 * then three texts, each after its length. Undefined where the value is broken.
 */
export function parseConnectionSettings(bytes: Buffer): ConnectionSettings | undefined {
  if (bytes.length < 12) return undefined;
  const flags = bytes.readUInt32LE(8);
  const texts: string[] = [];
  let position = 12;
  // What is missing at the end is empty: WinHttpSettings holds two texts only.
  while (texts.length < 3 && position + 4 <= bytes.length) {
    const end = position + 4 + bytes.readUInt32LE(position);
    if (end > bytes.length) return undefined;
    texts.push(bytes.toString('latin1', position + 4, end));
    position = end;
  }
  const [proxy = '', bypass = '', pacUrl = ''] = texts;
  return {
    useProxy: (flags & USE_PROXY) !== 0,
    usePac: (flags & USE_PAC) !== 0,
    autoDetect: (flags & AUTO_DETECT) !== 0,
    proxy,
    bypass,
    pacUrl,
  };
}
