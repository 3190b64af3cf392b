import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { md4 } from '../src/crypto/md4.js';
import { ntlm } from '../src/index.js';
import { SIGN_IN_FLAGS, servicePrincipalName } from '../src/initiator.js';
import {
  decodeAuthenticate,
  decodeAvPairs,
  decodeChallenge,
  encodeAvPairs,
  encodeNegotiate,
  NtlmMessageError,
} from '../src/messages/index.js';
import { splitUsername } from '../src/security/account.js';
import { answerChallenge, messageIntegrityCode } from '../src/security/answer.js';
import { blobHeader, ntHash, ntlmv2Response, responseKey, sessionBaseKey } from '../src/security/response.js';
import { serverTimestamp, updateTargetInfo } from '../src/security/target-info.js';
import { bytes, challengeOf, contextOf, hex, never } from './context.js';

type Texts = Readonly<Record<string, string>>;

interface CryptoCase extends Texts {
  readonly name: string;
  readonly expect: string;
}

interface Type3Case {
  readonly ntlmVersion: 1 | 2;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly channelBindings: string;
  readonly spn: string;
  readonly clientTimestamp: string;
  readonly clientChallenge: string;
  readonly challenge: string;
  readonly authenticate: string;
}

interface TargetInfoCase {
  readonly targetInfo: string;
  readonly mic: boolean;
  readonly epa: boolean;
  readonly channelBindings: string;
  readonly spn: string;
  readonly expect: string;
  readonly serverTimestamp: string | null;
}

/** The functions of responses that are refused, and the response that each serves. There is no code for them. */
const REFUSED: Texts = {
  LMOWFv1: 'LM',
  LMv1Response: 'LM',
  DesKeysFromHash: 'LM',
  LMv2Response: 'LMv2',
  NTLMv1Response: 'NTLMv1',
  NTLMv1SessionSecurityResponse: 'NTLMv1',
  SessionBaseKeyV1: 'NTLMv1',
};

const proof = (key: Uint8Array, v: Texts) =>
  ntlmv2Response(key, bytes(v.serverChallenge!), {
    timestamp: BigInt(v.timestamp!),
    clientChallenge: bytes(v.clientChallenge!),
    targetInfo: bytes(v.targetInfo!),
  });
const keyOf = (v: Texts) => responseKey(ntHash(v.password!), { domain: v.domain!, username: v.username! });

const FUNCTIONS: Readonly<Record<string, (v: CryptoCase) => Uint8Array>> = {
  MD4: (v) => md4(Buffer.from(v.message!)),
  NTOWFv1: (v) => ntHash(v.password!),
  NTOWFv2: keyOf,
  NTProofStr: (v) => proof(keyOf(v), v).ntResponse.subarray(0, 16),
  NTProofStrUpdatedTargetInfoClientTime: (v) => proof(bytes(v.ntowfv2!), v).ntResponse.subarray(0, 16),
  ProofInput: (v) => blobHeader({ timestamp: BigInt(v.timestamp!), clientChallenge: bytes(v.clientChallenge!) }),
  SessionBaseKeyV2ClientTime: (v) => sessionBaseKey(bytes(v.ntowfv2!), bytes(v.ntProofStr!)),
  MicSimple: (v) =>
    messageIntegrityCode(bytes(v.key!), bytes(v.negotiate!), bytes(v.challenge!), bytes(v.authenticate!)),
};

function expectRefusal(response: string | undefined): void {
  expect(() => ntlm({ response: response as 'NTLMv2' })).toThrow(`response ${response} is refused: only NTLMv2`);
}

function answerOf(v: Type3Case) {
  return answerChallenge({
    negotiate: encodeNegotiate({ type: 'Negotiate', flags: SIGN_IN_FLAGS }),
    offered: SIGN_IN_FLAGS,
    challenge: bytes(v.challenge),
    account: { domain: v.domain, username: v.username },
    ntHash: ntHash(v.password),
    workstation: v.host,
    version: undefined,
    binding: { spn: v.spn ?? '', channelBinding: bytes(v.channelBindings ?? '') },
    timestamp: BigInt(v.clientTimestamp ?? 0),
    clientChallenge: bytes(v.clientChallenge),
    randomSessionKey: new Uint8Array(16),
  });
}

async function firstHeader(): Promise<string> {
  const conversation = ntlm({ versionField: false }).start(contextOf());
  const token = await conversation.step(challengeOf('NTLM'), never);
  conversation.dispose();
  return `NTLM ${Buffer.from(token).toString('base64')}`;
}

describeVectors(new URL('./vectors/', import.meta.url), 'auth-ntlm', {
  crypto(v: CryptoCase) {
    if (Object.hasOwn(REFUSED, v.name)) return expectRefusal(REFUSED[v.name]);
    const compute = FUNCTIONS[v.name];
    if (compute === undefined) throw new Error(`Unknown function "${v.name}"`);
    expect(hex(compute(v))).toBe(v.expect);
  },
  'updated-target-info'(v: TargetInfoCase) {
    const binding = v.epa ? { spn: v.spn, channelBinding: bytes(v.channelBindings) } : undefined;
    const server = decodeAvPairs(bytes(v.targetInfo));
    expect(hex(encodeAvPairs(updateTargetInfo(server, { mic: v.mic, binding })))).toBe(v.expect);
    expect(serverTimestamp(server)?.toString() ?? null).toBe(v.serverTimestamp);
  },
  async type1(v: { readonly hex: string; readonly header: string }) {
    expect(hex(encodeNegotiate({ type: 'Negotiate', flags: SIGN_IN_FLAGS }))).toBe(v.hex);
    expect(await firstHeader()).toBe(v.header);
  },
  type3(v: Type3Case) {
    const answer = answerOf(v);
    if (v.ntlmVersion === 2) return expect(hex(answer.message)).toBe(v.authenticate);
    expectRefusal('NTLMv1');
    // A server that expects NTLMv1 is answered by NTLMv2 all the same: 24 bytes would be the older response.
    expect(decodeAuthenticate(answer.message).ntResponse.length).toBeGreaterThan(24);
  },
  'challenge-parse'(v: { readonly challenge: string; readonly accepted: boolean }) {
    const decode = () => decodeChallenge(bytes(v.challenge));
    if (v.accepted) expect(decode().type).toBe('Challenge');
    else expect(decode).toThrow(NtlmMessageError);
  },
  'av-pairs'(v: { readonly hex: string; readonly accepted: boolean; readonly pairs: unknown }) {
    const decode = () => decodeAvPairs(bytes(v.hex)).map(({ id, value }) => ({ id, value: hex(value) }));
    if (v.accepted) expect(decode()).toEqual(v.pairs);
    else expect(decode).toThrow(NtlmMessageError);
  },
  limits({ field, maxUtf16Units }: { readonly field: string; readonly maxUtf16Units: number }) {
    const make = (length: number) => {
      const name = 'x'.repeat(length);
      if (field === 'hostname') return ntlm({ workstation: name });
      if (field !== 'domain' && field !== 'username') throw new Error(`Unknown field "${field}"`);
      const username = field === 'domain' ? `${name}\\user` : name;
      return ntlm().start(contextOf({ identity: { username, password: '' } }));
    };
    expect(() => make(maxUtf16Units)).not.toThrow();
    expect(() => make(maxUtf16Units + 1)).toThrow(`${maxUtf16Units} UTF-16 units`);
  },
  'username-split'(v: { readonly input: string; readonly domain: string; readonly username: string }) {
    expect(splitUsername(v.input)).toEqual({ domain: v.domain, username: v.username });
  },
  async handler(v: { readonly name: string; readonly result?: boolean } & Texts) {
    if (v.result !== undefined) {
      const kind = {
        'default credentials are not supported': 'ambient',
        'explicit credentials are supported': 'explicit',
      };
      const identity = kind[v.name as keyof typeof kind] as 'ambient' | 'explicit' | undefined;
      if (identity === undefined) throw new Error(`Unknown handler case "${v.name}"`);
      return expect(ntlm().identities?.[identity]).toBe(v.result);
    }
    if (v.header !== undefined) return expect(await firstHeader()).toBe(v.header);
    if (v.spn === undefined) throw new Error(`Unknown handler case "${v.name}"`);
    const { protocol, hostname, port } = new URL(v.url!);
    const target = {
      protocol: protocol as 'http:',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    };
    expect(servicePrincipalName({ service: 'HTTP', ...target })).toBe(v.spn);
  },
});
