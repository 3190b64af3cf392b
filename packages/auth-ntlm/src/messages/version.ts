import { exactly } from './buffer.js';
import { hasFlag, NegotiateFlag } from './flags.js';

/** Length of the Version field in bytes. */
export const VERSION_LENGTH = 8;
const NO_VERSION = new Uint8Array(VERSION_LENGTH);

/** The operating system that a peer says it runs, for debugging only (MS-NLMP 2.2.2.10). */
export interface Version {
  /** 0 to 255. */
  readonly major: number;
  /** 0 to 255. */
  readonly minor: number;
  /** 0 to 65 535. */
  readonly build: number;
  /** Revision of NTLMSSP, 15 since Windows Server 2003. 0 to 255. */
  readonly revision: number;
}

/** The Version field; zeros without a version. The flag and the field have to agree. */
export function encodeVersion(version: Version | undefined, flags: number): Uint8Array {
  if (hasFlag(flags, NegotiateFlag.VERSION) !== (version !== undefined)) {
    throw new TypeError('version has to be given exactly when the VERSION flag is set');
  }
  if (version === undefined) return NO_VERSION;
  const bytes = Buffer.alloc(VERSION_LENGTH);
  bytes.writeUInt8(version.major, 0);
  bytes.writeUInt8(version.minor, 1);
  bytes.writeUInt16LE(version.build, 2);
  bytes.writeUInt8(version.revision, 7);
  return bytes;
}

export function decodeVersion(field: Uint8Array): Version {
  const bytes = Buffer.from(exactly(field, VERSION_LENGTH, 'version'));
  return {
    major: bytes.readUInt8(0),
    minor: bytes.readUInt8(1),
    build: bytes.readUInt16LE(2),
    revision: bytes.readUInt8(7),
  };
}
