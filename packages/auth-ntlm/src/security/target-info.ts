import { md5 } from '../crypto/digest.js';
import { AvFlag, AvId, type AvPair } from '../messages/av-pairs.js';

/** What ties a sign-in to its target, against relaying it to another one (Extended Protection for Authentication). */
export interface TargetBinding {
  /** Service principal name of the target, such as `HTTP/server`. */
  readonly spn: string;
  /** Application data of the TLS channel's binding (RFC 5929 section 4); undefined without TLS. */
  readonly channelBinding: Uint8Array | undefined;
}

/** What the client adds to the server's target information. */
export interface TargetInfoUpdate {
  /** Announces that the Authenticate message carries a MIC. */
  readonly mic: boolean;
  readonly binding: TargetBinding | undefined;
}

const CLIENT_ONLY: readonly number[] = [AvId.TARGET_NAME, AvId.CHANNEL_BINDINGS];

/**
 * The target information that the response answers: the server's attributes in their order, with flags, channel binding
 * and target name of the client (MS-NLMP 3.1.5.1.2). What a server says in the client's own attributes is dropped.
 */
export function updateTargetInfo(server: readonly AvPair[], { mic, binding }: TargetInfoUpdate): AvPair[] {
  const pairs = server.filter(({ id }) => !CLIENT_ONLY.includes(id));
  if (mic) setFlag(pairs, AvFlag.MIC_PRESENT);
  if (binding !== undefined) {
    pairs.push(
      { id: AvId.CHANNEL_BINDINGS, value: channelBindingHash(binding.channelBinding) },
      { id: AvId.TARGET_NAME, value: Buffer.from(binding.spn, 'utf16le') },
    );
  }
  return pairs;
}

/** The server's clock as it stands in its target information. */
export function serverTimestamp(pairs: readonly AvPair[]): bigint | undefined {
  const pair = pairs.find(({ id }) => id === AvId.TIMESTAMP);
  return pair && Buffer.from(pair.value).readBigUInt64LE();
}

function setFlag(pairs: AvPair[], flag: number): void {
  const index = pairs.findIndex(({ id }) => id === AvId.FLAGS);
  const value = Buffer.alloc(4);
  value.writeUInt32LE(((index < 0 ? 0 : Buffer.from(pairs[index]!.value).readUInt32LE()) | flag) >>> 0);
  if (index < 0) pairs.push({ id: AvId.FLAGS, value });
  else pairs[index] = { id: AvId.FLAGS, value };
}

/** MD5 of the binding as a `gss_channel_bindings_struct` without addresses (RFC 2744 section 3.11); zeros for none. */
function channelBindingHash(applicationData: Uint8Array | undefined): Uint8Array {
  if (applicationData === undefined || applicationData.length === 0) return new Uint8Array(16);
  const addresses = new Uint8Array(16);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(applicationData.length);
  return md5(addresses, length, applicationData);
}
