import { expect, it } from 'vitest';
import { digestHash, digestResponse } from './digest-hash.js';

const mufasa = {
  user: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  method: 'GET',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
} as const;

it.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const)('computes the response of RFC 7616, 3.9.1 with %s', (algorithm, response) => {
  expect(digestResponse({ ...mufasa, algorithm })).toBe(response);
});

it('computes SHA-512-256 with a hashed user name (RFC 7616, 3.9.2, as corrected by its errata)', () => {
  const doe = { user: 'Jäsøn Doe', realm: 'api@example.org', password: 'Secret, or not?' };
  expect(digestHash('SHA-512-256', `${doe.user}:${doe.realm}`)).toBe(
    '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
  );
  const response = digestResponse({
    ...doe,
    algorithm: 'SHA-512-256',
    nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
    method: 'GET',
    uri: '/doe.json',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  });
  expect(response).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
});

it('computes the example of RFC 2069 style requests, without qop', () => {
  const { qop, nc, cnonce, ...rest } = mufasa;
  expect([qop, nc, cnonce]).not.toContain(undefined);
  const a1 = digestHash('MD5', 'Mufasa:http-auth@example.org:Circle of Life');
  const a2 = digestHash('MD5', 'GET:/dir/index.html');
  expect(digestResponse({ ...rest, algorithm: 'MD5' })).toBe(digestHash('MD5', `${a1}:${rest.nonce}:${a2}`));
});

it('covers the body with auth-int only', () => {
  const of = (qop: 'auth' | 'auth-int', body: string) =>
    digestResponse({ ...mufasa, algorithm: 'SHA-256', qop, body: Buffer.from(body) });
  expect(of('auth', 'a')).toBe(of('auth', 'b'));
  expect(of('auth-int', 'a')).not.toBe(of('auth-int', 'b'));
});

it('makes a session key of both nonces with -sess', () => {
  const of = (algorithm: 'MD5' | 'MD5-sess') => digestResponse({ ...mufasa, algorithm });
  expect(of('MD5-sess')).not.toBe(of('MD5'));
});
