import { expect, it } from 'vitest';
import { hex } from '../../test/context.js';
import { ntHash, responseKey } from './response.js';

const keyOf = (username: string, domain = '') => hex(responseKey(ntHash('secret'), { username, domain }));

it('takes the user name in any case and the domain as it is written', () => {
  expect(keyOf('jürgen')).toBe(keyOf('JÜRGEN'));
  expect(keyOf('alice', 'lab')).not.toBe(keyOf('alice', 'LAB'));
});

it('changes the case of user names as Windows does, letter by letter', () => {
  expect(keyOf('straße')).toBe(keyOf('STRAßE'));
  expect(keyOf('straße')).not.toBe(keyOf('STRASSE'));
  expect(keyOf('ılgaz')).not.toBe(keyOf('ILGAZ'));
});

it('hashes passwords of any length and script', () => {
  const hashes = ['', 'p', 'päßword', 'пароль', '密码🔑', 'x'.repeat(1000)].map((password) => hex(ntHash(password)));
  expect(hashes[0]).toBe('31d6cfe0d16ae931b73c59d7e0c089c0');
  expect(new Set(hashes).size).toBe(hashes.length);
});
