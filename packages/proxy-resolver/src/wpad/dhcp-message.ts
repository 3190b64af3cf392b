import { optionText } from './option-text.js';

/** The option that carries the URL of a PAC script. */
const OPTION_WPAD = 252;

const MAGIC = 0x63825363;
const FIXED = 240;
const OPTION_TYPE = 53;
const OPTION_PARAMETERS = 55;
const OPTION_END = 255;
const INFORM = 8;
const ACK = 5;

/**
 * A DHCPINFORM message (RFC 2131 section 4.4.3) that asks for the WPAD option.
 *
 * @param address - the client's own IPv4 address.
 * @param mac - its hardware address, such as `02:00:00:00:00:01`.
 */
export function encodeInform(transaction: number, address: string, mac: string): Uint8Array {
  const message = new Uint8Array(300); // The least that old relays pass on.
  const view = new DataView(message.buffer);
  message.set([1, 1, 6, 0]);
  view.setUint32(4, transaction);
  message.set(address.split('.').map(Number), 12);
  message.set(
    mac.split(':').map((byte) => Number.parseInt(byte, 16)),
    28,
  );
  view.setUint32(236, MAGIC);
  message.set([OPTION_TYPE, 1, INFORM, OPTION_PARAMETERS, 1, OPTION_WPAD, OPTION_END], FIXED);
  return message;
}

/**
 * The PAC URL in an answer to {@link encodeInform}. Null when it acknowledges without one; undefined when it is no
 * answer to this transaction.
 */
export function decodeAck(message: Uint8Array, transaction: number): string | null | undefined {
  if (message.length < FIXED) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (message[0] !== 2 || view.getUint32(4) !== transaction || view.getUint32(236) !== MAGIC) return undefined;
  const options = readOptions(message.subarray(FIXED));
  if (options.get(OPTION_TYPE)?.[0] !== ACK) return undefined;
  return optionText(Uint8Array.from(options.get(OPTION_WPAD) ?? [])) ?? null;
}

/** Options by code; the parts of a long option (RFC 3396) are joined. Broken ones end the list. */
function readOptions(bytes: Uint8Array): Map<number, number[]> {
  const options = new Map<number, number[]>();
  for (let i = 0; i < bytes.length && bytes[i] !== OPTION_END; ) {
    const code = bytes[i]!;
    if (code === 0) {
      i += 1;
      continue;
    }
    const length = bytes[i + 1] ?? 0;
    const value = bytes.subarray(i + 2, i + 2 + length);
    if (value.length < length) break;
    options.set(code, [...(options.get(code) ?? []), ...value]);
    i += 2 + length;
  }
  return options;
}
