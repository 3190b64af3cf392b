import { inspect } from 'node:util';
import { isNetError } from '@netloom/contracts';
import { expect, describe as group, it } from 'vitest';
import { bytes, hex } from '../../test/context.js';
import {
  AvId,
  type ChallengeMessage,
  decodeAuthenticate,
  decodeAvPairs,
  decodeChallenge,
  decodeMessage,
  decodeNegotiate,
  describe,
  encodeAuthenticate,
  encodeAvPairs,
  encodeChallenge,
  encodeNegotiate,
  flagNames,
  NtlmMessageError,
} from './index.js';

// The messages of MS-NLMP 4.2.4.3 and of other clients, as they stand on the wire.
const CHALLENGE =
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000060070170000000f' +
  '53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000';
const AUTHENTICATE =
  '4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000100010005c00000010001000' +
  'd8000000358288e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d0050005500540045005200' +
  '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000' +
  'aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000' +
  'c5dad2544fc9799094ce1ce90bc9d03e';

group('Negotiate', () => {
  it('is 32 bytes without and 40 bytes with a version', () => {
    expect(encodeNegotiate({ type: 'Negotiate', flags: 0x207 }).length).toBe(32);
    const version = { major: 10, minor: 1, build: 19041, revision: 15 };
    const long = encodeNegotiate({ type: 'Negotiate', flags: 0x02000207, version });
    expect(hex(long.subarray(32))).toBe('0a01614a0000000f');
    expect(decodeNegotiate(long).version).toEqual(version);
  });

  it('is read where an old client ends behind the flags', () => {
    expect(decodeNegotiate(bytes('4e544c4d5353500001000000078208a2'))).toEqual({
      type: 'Negotiate',
      flags: 0xa2088207,
    });
  });

  it('carries domain and workstation in the OEM character set', () => {
    const message = encodeNegotiate({ type: 'Negotiate', flags: 0x3207, domain: 'LAB', workstation: 'DESK' });
    expect(Buffer.from(message.subarray(32)).toString('latin1')).toBe('LABDESK');
    expect(decodeNegotiate(message)).toMatchObject({ domain: 'LAB', workstation: 'DESK' });
  });

  it.each([
    [{ flags: 0x207, domain: 'LAB' }, 'domain has to be given exactly when OEM_DOMAIN_SUPPLIED is set'],
    [{ flags: 0x2207 }, 'workstation has to be given exactly when OEM_WORKSTATION_SUPPLIED is set'],
    [{ flags: 0x02000207 }, 'version has to be given exactly when the VERSION flag is set'],
    [{ flags: 0x1207, domain: 'Łódź' }, 'domain has characters that OEM text cannot hold'],
  ])('is not made of %o', (fields, message) => {
    expect(() => encodeNegotiate({ type: 'Negotiate', ...fields })).toThrow(new TypeError(message));
  });
});

group('Challenge', () => {
  it('is decoded to the last field', () => {
    expect(decodeChallenge(bytes(CHALLENGE))).toEqual({
      type: 'Challenge',
      flags: 0xe28a8233,
      serverChallenge: bytes('0123456789abcdef'),
      targetName: 'Server',
      targetInfo: [
        { id: AvId.NB_DOMAIN_NAME, value: bytes('44006f006d00610069006e00') },
        { id: AvId.NB_COMPUTER_NAME, value: bytes('530065007200760065007200') },
      ],
      version: { major: 6, minor: 0, build: 6000, revision: 15 },
    });
  });

  it('is encoded byte for byte', () => {
    expect(hex(encodeChallenge(decodeChallenge(bytes(CHALLENGE))))).toBe(CHALLENGE);
  });

  it.each([
    [{ serverChallenge: new Uint8Array(7) }, 'serverChallenge has to be 8 bytes'],
    [{ targetInfo: [] }, 'targetInfo has to be given exactly when the TARGET_INFO flag is set'],
    [{ targetName: 'x'.repeat(40_000) }, 'targetName has 80000 bytes, at most 65535 fit'],
  ])('is not made of %o', (fields, message) => {
    const plain: ChallengeMessage = { type: 'Challenge', flags: 1, serverChallenge: new Uint8Array(8), targetName: '' };
    expect(() => encodeChallenge({ ...plain, ...fields })).toThrow(new TypeError(message));
  });

  it('does not change when its bytes do', () => {
    const source = bytes(CHALLENGE);
    const { serverChallenge } = decodeChallenge(source);
    source.fill(0);
    expect(hex(serverChallenge)).toBe('0123456789abcdef');
  });
});

group('Authenticate', () => {
  it('is decoded as old clients write it: names first, without a MIC', () => {
    const message = decodeAuthenticate(bytes(AUTHENTICATE));
    expect(message).toMatchObject({ domain: 'Domain', username: 'User', workstation: 'COMPUTER', flags: 0xe2888235 });
    expect(message.mic).toBeUndefined();
    expect(message.version).toEqual({ major: 5, minor: 1, build: 2600, revision: 15 });
    expect(hex(message.encryptedSessionKey!)).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
    expect(hex(message.lmResponse)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
  });

  it('is not made with a MIC of another length', () => {
    const message = decodeAuthenticate(bytes(AUTHENTICATE));
    expect(() => encodeAuthenticate({ ...message, mic: new Uint8Array(8) })).toThrow('mic has to be 16 bytes');
  });
});

group('target information', () => {
  it.each([
    [[{ id: 0, value: new Uint8Array() }], 'an AV pair has an id from 1 to 65535'],
    [[{ id: AvId.FLAGS, value: new Uint8Array(3) }], 'attribute 6 has to be 4 bytes'],
    [[{ id: 99, value: new Uint8Array(70_000) }], 'attribute 99 has 70000 bytes, at most 65535 fit'],
  ])('is not made of %o', (pairs, message) => {
    expect(() => encodeAvPairs(pairs)).toThrow(new TypeError(message));
  });

  it.each([
    ['020004004100', 'ends in attribute 2 of 4 bytes'],
    ['0200020041000000', 'ends without its terminator'],
    ['00000100ff', 'has a terminator with 1 bytes'],
    ['0000000000', 'goes on for 1 bytes behind its terminator'],
  ])('is refused: %s', (text, message) => {
    const complete = text === '0200020041000000' ? text.slice(0, 12) : text;
    expect(() => decodeAvPairs(bytes(complete))).toThrow(message);
  });
});

group('decodeMessage', () => {
  it('finds out which message it is', () => {
    expect(decodeMessage(bytes(CHALLENGE)).type).toBe('Challenge');
    expect(decodeMessage(bytes(AUTHENTICATE)).type).toBe('Authenticate');
  });

  it.each([
    ['', 'NTLM message: 0 bytes end before or in the signature'],
    ['4e544c4d5353500001', 'NTLM message: 9 bytes end before or in the type'],
    ['4e544c4d5353510001000000', 'NTLM message: signature is not NTLMSSP'],
    ['4e544c4d5353500004000000', 'message type 4 is none of 1, 2 and 3'],
  ])('refuses %s', (text, message) => {
    expect(() => decodeMessage(bytes(text))).toThrow(NtlmMessageError);
    expect(() => decodeMessage(bytes(text))).toThrow(message);
  });

  it('throws what is an error of the network, with its name', () => {
    const error = new NtlmMessageError('reason');
    expect(isNetError(error) && error.code).toBe('ERR_INVALID_RESPONSE');
    expect(error.name).toBe('NtlmMessageError');
  });
});

group('describe', () => {
  it('shows a challenge', () => {
    const pairs = [
      ...decodeAvPairs(bytes('02000c0044006f006d00610069006e0000000000')),
      { id: AvId.FLAGS, value: Uint8Array.of(2, 0, 0, 0) },
      { id: AvId.TIMESTAMP, value: bytes('00800bc8fd00d401') },
      { id: AvId.CHANNEL_BINDINGS, value: new Uint8Array(16) },
      { id: 99, value: new Uint8Array(3) },
    ];
    expect(describe({ ...decodeChallenge(bytes(CHALLENGE)), targetInfo: pairs })).toMatchInlineSnapshot(`
      "NTLM Challenge
        flags: 0xe28a8233 UNICODE OEM SIGN SEAL NTLM ALWAYS_SIGN TARGET_TYPE_SERVER EXTENDED_SESSIONSECURITY TARGET_INFO VERSION KEY_128 KEY_EXCH KEY_56
        target name: "Server"
        server challenge: 0123456789abcdef
        NetBIOS domain: "Domain"
        attribute flags: 0x2 MIC_PRESENT
        server time: 2018-06-10T20:58:28.350Z
        channel bindings: none
        attribute 99: 3 bytes
        version: 6.0 build 6000, NTLM revision 15"
    `);
  });

  it('shows an answer without its secrets', () => {
    expect(describe(bytes(AUTHENTICATE))).toMatchInlineSnapshot(`
      "NTLM Authenticate
        flags: 0xe2888235 UNICODE REQUEST_TARGET SIGN SEAL NTLM ALWAYS_SIGN EXTENDED_SESSIONSECURITY TARGET_INFO VERSION KEY_128 KEY_EXCH KEY_56
        domain: "Domain"
        user name: "User"
        workstation: "COMPUTER"
        LM response: 24 bytes
        NT response: NTLMv2, 84 bytes
        client time: 1601-01-01T00:00:00.000Z
        NetBIOS domain: "Domain"
        NetBIOS computer: "Server"
        session key: 16 bytes
        MIC: none
        version: 5.1 build 2600, NTLM revision 15"
    `);
    expect(describe(bytes(AUTHENTICATE))).not.toContain('68cd0ab8');
  });

  it('shows a Negotiate message, from the text of a header field too', () => {
    const message = encodeNegotiate({ type: 'Negotiate', flags: 0x3207, domain: 'LAB', workstation: 'DESK' });
    const token = Buffer.from(message).toString('base64');
    expect(describe(`NTLM ${token}`)).toBe(describe(message));
    expect(describe(token)).toBe(
      [
        'NTLM Negotiate',
        'flags: 0x00003207 UNICODE OEM REQUEST_TARGET NTLM OEM_DOMAIN_SUPPLIED OEM_WORKSTATION_SUPPLIED',
        'domain: "LAB"',
        'workstation: "DESK"',
      ].join('\n  '),
    );
    expect(() => describe('Basic a:b')).toThrow('text is not a base64 token');
  });

  it('tells the kinds of responses apart', () => {
    const message = decodeAuthenticate(bytes(AUTHENTICATE));
    const shown = (ntResponse: Uint8Array, lmResponse = new Uint8Array()) =>
      describe({ ...message, ntResponse, lmResponse })
        .split('\n  ')
        .slice(5, 9);
    expect(shown(new Uint8Array()).slice(0, 2)).toEqual(['LM response: none', 'NT response: none']);
    expect(shown(new Uint8Array(24), new Uint8Array(24)).slice(0, 2)).toEqual([
      'LM response: 24 zero bytes',
      'NT response: NTLMv1, 24 bytes',
    ]);
    expect(shown(new Uint8Array(25))[1]).toBe('NT response: unknown, 25 bytes');
    expect(shown(new Uint8Array(46))[3]).toBe('target information: not readable');
    // Without the four bytes behind the list, as some clients write it.
    expect(shown(message.ntResponse.subarray(0, -4))[3]).toBe('NetBIOS domain: "Domain"');
  });

  it('lets no control character of the peer through', () => {
    const message = { ...decodeChallenge(bytes(CHALLENGE)), targetName: 'a\u001b[31m\u009b\u202e\nb' };
    expect(describe(message)).toContain('target name: "a\\u001b[31m??\\nb"');
  });

  it('is what inspect shows', () => {
    expect(inspect(decodeAuthenticate(bytes(AUTHENTICATE)))).toBe(describe(bytes(AUTHENTICATE)));
  });
});

group('flagNames', () => {
  it('names bits, and numbers those that are reserved', () => {
    expect(flagNames(0x80000401)).toEqual(['UNICODE', '0x00000400', 'KEY_56']);
    expect(flagNames(0)).toEqual([]);
  });
});
