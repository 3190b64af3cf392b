import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIp, ipBlockContains, isLinkLocalIp, isLoopbackIp, parseIp, parseIpBlock, parseIpLoose } from './ip.js';

describe('parseIp', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['[::1]', '::1'],
    ['1::', '1::'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['::ffff:10.1.2.3', '::ffff:a01:203'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('reads %s', (text, canonical) => {
    expect(formatIp(parseIp(text)!)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '[1.2.3.4]',
    '1.2.3.4 ',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:5',
    'g::',
    '12345::',
    'fe80::1%eth0',
    '[::1',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('agrees with node:net about IPv6 texts without a zone', () => {
    const piece = fc.constantFrom('', '0', '1', 'abcd', 'ffff', '12345', '1.2.3.4', '256.1.1.1');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 10 }), (pieces) => {
        const text = pieces.join(':');
        expect(parseIp(text) !== undefined, text).toBe(isIP(text) !== 0);
      }),
    );
  });

  it('reads what it wrote', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (bytes) => {
        expect([...parseIp(formatIp({ family: bytes.length === 4 ? 4 : 6, bytes }))!.bytes]).toEqual([...bytes]);
      }),
    );
  });
});

describe('parseIpLoose', () => {
  it.each([
    ['10.20', '10.0.0.20'],
    ['0x7f.1', '127.0.0.1'],
    ['1', '0.0.0.1'],
  ])('reads %s as inet_aton does', (text, canonical) => {
    expect(formatIp(parseIpLoose(text)!)).toBe(canonical);
  });

  it.each(['', 'a.b', '1.2.3.4.5', '10.256.0.1', '[::1]', '1/8'])('refuses %j', (text) => {
    expect(parseIpLoose(text)).toBeUndefined();
  });
});

describe('blocks', () => {
  const contains = (block: string, address: string) => ipBlockContains(parseIpBlock(block)!, parseIp(address)!);

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/9', '10.127.0.1', true],
    ['10.0.0.0/9', '10.128.0.1', false],
    ['10.0.0.1/32', '10.0.0.1', true],
    ['10.0.0.1/32', '10.0.0.2', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['fd00::/7', 'fc00::1', true],
    ['::/0', '10.1.2.3', true],
  ])('%s holds %s: %s', (block, address, expected) => {
    expect(contains(block, address)).toBe(expected);
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '::/129',
    '/8',
    '[::]/8',
    'a/8',
    '1/2/3',
  ])('refuses %j', (text) => {
    expect(parseIpBlock(text)).toBeUndefined();
  });

  it('knows the machine itself and its link', () => {
    expect(
      ['127.3.4.5', '::1', '::ffff:127.0.0.1', '128.0.0.1', '::2'].map((ip) => isLoopbackIp(parseIp(ip)!)),
    ).toEqual([true, true, true, false, false]);
    expect(['169.254.1.1', 'fe80::1', 'fec0::1', '169.253.1.1'].map((ip) => isLinkLocalIp(parseIp(ip)!))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
