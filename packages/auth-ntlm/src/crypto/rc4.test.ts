import { expect, it } from 'vitest';
import { Rc4 } from './rc4.js';

const encrypt = (key: string, text: string) =>
  Buffer.from(new Rc4(Buffer.from(key)).process(Buffer.from(text))).toString('hex');

it('gives the well-known ciphertexts', () => {
  expect(encrypt('Key', 'Plaintext')).toBe('bbf316e8d940af0ad3');
  expect(encrypt('Wiki', 'pedia')).toBe('1021bf0420');
  expect(encrypt('Secret', 'Attack at dawn')).toBe('45a01f645fc35b383552544b9bf5');
});

it('gives the key stream of RFC 6229 for a 128-bit key', () => {
  const key = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
  const stream = Buffer.from(new Rc4(key).process(new Uint8Array(16)));
  expect(stream.toString('hex')).toBe('9ac7cc9a609d1ef7b2932899cde41b97');
});

it('goes on with its stream from call to call', () => {
  const cipher = new Rc4(Buffer.from('Key'));
  const parts = [cipher.process(Buffer.from('Plain')), cipher.process(Buffer.from('text'))];
  expect(Buffer.concat(parts).toString('hex')).toBe('bbf316e8d940af0ad3');
});

it('forgets its key when wiped', () => {
  const cipher = new Rc4(Buffer.from('Key'));
  cipher.wipe();
  expect([...cipher.process(new Uint8Array(4))]).toEqual([0, 0, 0, 0]);
});
