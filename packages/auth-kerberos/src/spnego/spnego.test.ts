import { describe, expect, it } from 'vitest';
import { SpnegoTokenError } from './error.js';
import { decodeSpnego, encodeInit, encodeMechTypes, encodeResp } from './index.js';

const NTLM = '1.3.6.1.4.1.311.2.2.10';
const KRB5 = '1.2.840.113554.1.2.2';
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What a server of Windows sends when it speaks first. */
const HINTS = hex(
  `
  60 76 06 06 2b 06 01 05 05 02 a0 6c 30 6a
  a0 3c 30 3a 06 0a 2b 06 01 04 01 82 37 02 02 1e 06 09 2a 86 48 82 f7 12 01 02 02 06 09 2a 86 48 86 f7 12 01 02 02
  06 0a 2a 86 48 86 f7 12 01 02 02 03 06 0a 2b 06 01 04 01 82 37 02 02 0a
  a3 2a 30 28 a0 26 1b 24 6e 6f 74 5f 64 65 66 69 6e 65 64 5f 69 6e 5f 52 46 43 34 31 37 38 40 70 6c 65 61 73 65 5f 69 67
  6e 6f 72 65`.replaceAll(/\s+/g, ''),
);

describe('a first token', () => {
  const init = { mechTypes: [NTLM], mechToken: hex('4e544c4d') };
  const bytes = hex('6024 06062b0601050502 a01a 3018 a00e 300c 060a2b06010401823702020a a206 0404 4e544c4d');

  it('is written in DER', () => {
    expect(toHex(encodeInit(init))).toBe(toHex(bytes));
  });

  it('is read', () => {
    expect(decodeSpnego(bytes)).toEqual({ type: 'init', ...init });
  });

  it('is read without the frame of GSSAPI', () => {
    expect(decodeSpnego(bytes.subarray(10))).toEqual({ type: 'init', ...init });
  });

  it('carries a MIC where RFC 4178 has it', () => {
    const mechListMic = hex('0100');
    expect(decodeSpnego(encodeInit({ ...init, mechListMic }))).toEqual({ type: 'init', ...init, mechListMic });
  });

  it('carries the hints of an acceptor that speaks first', () => {
    const token = decodeSpnego(HINTS);
    expect(token).toEqual({
      type: 'init',
      mechTypes: ['1.3.6.1.4.1.311.2.2.30', '1.2.840.48018.1.2.2', KRB5, '1.2.840.113554.1.2.2.3', NTLM],
      hints: { name: 'not_defined_in_RFC4178@please_ignore' },
    });
    if (token.type === 'init') expect(toHex(encodeInit(token))).toBe(toHex(HINTS));
  });

  it('carries a MIC behind the hints', () => {
    const token = { ...init, hints: { name: 'n', address: hex('7f000001') }, mechListMic: hex('0a') };
    expect(decodeSpnego(encodeInit(token))).toEqual({ type: 'init', ...token });
  });
});

describe('a later token', () => {
  it.each([
    [
      'accept-incomplete with a choice',
      { state: 'accept-incomplete', supportedMech: NTLM, responseToken: hex('4e54') },
    ],
    ['request-mic', { state: 'request-mic', supportedMech: KRB5 }],
    ['reject', { state: 'reject' }],
    ['accept-completed with a MIC', { state: 'accept-completed', mechListMic: hex('01 00 00 00') }],
    ['no state', { responseToken: hex('00') }],
    ['nothing', {}],
  ] as const)('is read as it was written: %s', (_, token) => {
    expect(decodeSpnego(encodeResp(token))).toEqual({ type: 'resp', ...token });
  });

  it('is written in DER', () => {
    expect(toHex(encodeResp({ state: 'reject' }))).toBe('a1073005a0030a0102');
    expect(toHex(encodeResp({ responseToken: hex('01'), mechListMic: hex('02') }))).toBe(
      'a10c300aa203040101a303040102',
    );
  });
});

it('the list of mechanisms is covered as it stands in the token', () => {
  expect(toHex(encodeMechTypes([NTLM]))).toBe('300c060a2b06010401823702020a');
});

it.each([
  ['nothing', '', 'not in DER'],
  ['text', '4e544c4d53535000', 'not in DER'],
  ['something else in DER', '300302010a', 'begins neither'],
  ['a length beyond its end', 'a1073005a0030a01', 'not in DER'],
  ['bytes behind it', 'a1073005a0030a010200', 'bytes follow'],
  ['another mechanism', '600b06092a864886f712010202', 'mechanism 1.2.840.113554.1.2.2'],
  ['no mechanism', '6003020100', 'does not name its mechanism'],
  ['no NegTokenInit', '600806062b0601050502', 'holds no NegTokenInit'],
  ['a NegTokenInit without mechanisms', '600c06062b0601050502a0023000', 'no list of mechanisms'],
  ['a mechanism that is none', '601506062b0601050502a00b3009a0073005020100 0500', 'no object identifier'],
  ['no sequence', 'a103020100', 'is no sequence'],
  ['an unknown state', 'a1073005a0030a0104', 'negState'],
  ['a state of another type', 'a1073005a003020102', 'negState'],
  ['a token that is no octet string', 'a1073005a203020102', 'responseToken'],
  ['fields out of order', 'a10c300aa303040101a203040102', 'does not belong there'],
  ['a field twice', 'a10c300aa203040101a203040102', 'does not belong there'],
  ['an empty tag', 'a1043002a200', 'nothing'],
  ['a tag with two elements', 'a10a3008a206040101040102', 'more than one'],
])('refuses %s', (_, text, message) => {
  expect(() => decodeSpnego(hex(text))).toThrow(SpnegoTokenError);
  expect(() => decodeSpnego(hex(text))).toThrow(message);
});

it('refuses a token that is nested deeply, without a stack overflow', () => {
  let nested = Buffer.from('0500', 'hex');
  for (let i = 0; i < 3000; i++) {
    const length = Buffer.from([0x83, nested.length >> 16, (nested.length >> 8) & 255, nested.length & 255]);
    nested = Buffer.concat([Buffer.from([0xa1]), length, nested]);
  }
  expect(() => decodeSpnego(nested)).toThrow(SpnegoTokenError);
});
