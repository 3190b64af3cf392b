import { inspect } from 'node:util';
import type { AuthenticateMessage } from './authenticate.js';
import { AvFlag, AvId, type AvPair, decodeAvPairs } from './av-pairs.js';
import type { ChallengeMessage } from './challenge.js';
import { flagNames, hasFlag } from './flags.js';
import type { NegotiateMessage } from './negotiate.js';
import { decodeUtf16 } from './text.js';
import { filetimeToDate } from './time.js';
import type { Version } from './version.js';

/** Any of the three messages. */
export type NtlmMessage = NegotiateMessage | ChallengeMessage | AuthenticateMessage;

/** Makes `console.log` and `util.inspect` show the message as {@link summarize} does, without what must stay secret. */
export function inspectable<M extends NtlmMessage>(message: M): M {
  return Object.defineProperty(message, inspect.custom, { value: () => summarize(message) });
}

/** Readable text of a message. Responses, session keys and MICs are given by kind and length only. */
export function summarize(message: NtlmMessage): string {
  const lines = [
    `NTLM ${message.type}`,
    `flags: 0x${message.flags.toString(16).padStart(8, '0')} ${flagNames(message.flags).join(' ')}`.trimEnd(),
  ];
  if (message.type === 'Negotiate') lines.push(...negotiateLines(message));
  else if (message.type === 'Challenge') lines.push(...challengeLines(message));
  else lines.push(...authenticateLines(message));
  if (message.version !== undefined) lines.push(`version: ${versionText(message.version)}`);
  return lines.join('\n  ');
}

function negotiateLines({ domain, workstation }: NegotiateMessage): string[] {
  return [
    ...(domain === undefined ? [] : [`domain: ${quote(domain)}`]),
    ...(workstation === undefined ? [] : [`workstation: ${quote(workstation)}`]),
  ];
}

function challengeLines({ targetName, serverChallenge, targetInfo }: ChallengeMessage): string[] {
  return [
    `target name: ${quote(targetName)}`,
    `server challenge: ${hex(serverChallenge)}`,
    ...(targetInfo ?? []).map(attributeText),
  ];
}

function authenticateLines(message: AuthenticateMessage): string[] {
  return [
    `domain: ${quote(message.domain)}`,
    `user name: ${quote(message.username)}`,
    `workstation: ${quote(message.workstation)}`,
    `LM response: ${lmResponseText(message.lmResponse)}`,
    ...ntResponseLines(message.ntResponse),
    `session key: ${sizeText(message.encryptedSessionKey)}`,
    `MIC: ${sizeText(message.mic)}`,
  ];
}

function lmResponseText(response: Uint8Array): string {
  if (response.length === 0) return 'none';
  return response.every((byte) => byte === 0) ? `${response.length} zero bytes` : `${response.length} bytes`;
}

/** Proof, version 1.1, reserved, time, client challenge and reserved, before the target information (MS-NLMP 2.2.2.7). */
const NTLMV2_HEADER = 44;

function ntResponseLines(response: Uint8Array): string[] {
  const prefix = `NT response:`;
  if (response.length === 0) return [`${prefix} none`];
  if (response.length === 24) return [`${prefix} NTLMv1, 24 bytes`];
  if (response.length < NTLMV2_HEADER) return [`${prefix} unknown, ${response.length} bytes`];
  const time = Buffer.from(response).readBigUInt64LE(24);
  return [
    `${prefix} NTLMv2, ${response.length} bytes`,
    `client time: ${timeText(time)}`,
    ...clientTargetInfo(response.subarray(NTLMV2_HEADER)),
  ];
}

function clientTargetInfo(rest: Uint8Array): string[] {
  for (const padding of [4, 0]) {
    const end = rest.length - padding;
    if (end < 0) continue;
    try {
      return decodeAvPairs(rest.subarray(0, end)).map(attributeText);
    } catch {
      // Some clients leave out the four bytes behind the list: the next round tries that.
    }
  }
  return ['target information: not readable'];
}

const AV_NAMES: ReadonlyMap<number, string> = new Map([
  [AvId.NB_COMPUTER_NAME, 'NetBIOS computer'],
  [AvId.NB_DOMAIN_NAME, 'NetBIOS domain'],
  [AvId.DNS_COMPUTER_NAME, 'DNS computer'],
  [AvId.DNS_DOMAIN_NAME, 'DNS domain'],
  [AvId.DNS_TREE_NAME, 'DNS tree'],
  [AvId.TARGET_NAME, 'target SPN'],
]);

function attributeText({ id, value }: AvPair): string {
  const name = AV_NAMES.get(id);
  if (name !== undefined) return `${name}: ${quote(decodeUtf16(value))}`;
  const bytes = Buffer.from(value);
  if (id === AvId.FLAGS) return `attribute flags: ${avFlagsText(bytes.readUInt32LE())}`;
  if (id === AvId.TIMESTAMP) return `server time: ${timeText(bytes.readBigUInt64LE())}`;
  if (id === AvId.CHANNEL_BINDINGS) {
    return `channel bindings: ${bytes.every((byte) => byte === 0) ? 'none' : hex(bytes)}`;
  }
  return `attribute ${id}: ${bytes.length} bytes`;
}

function avFlagsText(flags: number): string {
  const names = Object.entries(AvFlag).filter(([, bit]) => hasFlag(flags, bit));
  return [`0x${flags.toString(16)}`, ...names.map(([name]) => name)].join(' ');
}

function timeText(filetime: bigint): string {
  return filetimeToDate(filetime)?.toISOString() ?? `${filetime}`;
}

function versionText({ major, minor, build, revision }: Version): string {
  return `${major}.${minor} build ${build}, NTLM revision ${revision}`;
}

function sizeText(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'none' : `${bytes.length} bytes`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Names come from the peer: control characters must not reach a terminal. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}
