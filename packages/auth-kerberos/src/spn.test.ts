import { expect, it } from 'vitest';
import { aliases, contextOf, never } from '../test/context.js';
import { settingsOf } from './options.js';
import { formatSpn, otherPrincipal, type SpnFunction, type SpnOptions, servicePrincipal } from './spn.js';

const context = (host: string, port: number, names = {}) => contextOf({ host, port, hostResolver: aliases(names) });
const spnOf = async (spn: SpnOptions | SpnFunction, host = 'web.test', port = 80, names = {}) =>
  formatSpn(await servicePrincipal(settingsOf({ spn }).spn, context(host, port, names), never), 'sspi');

it.each([
  ['the host as it is given', {}, 'web.test', 8080, 'HTTP/web.test'],
  ['lower case, without the root dot', {}, 'Web.Test.', 80, 'HTTP/web.test'],
  ['a port', { port: true }, 'web.test', 8080, 'HTTP/web.test:8080'],
  ['no port where it is one of the two usual ones', { port: true }, 'web.test', 443, 'HTTP/web.test'],
  ['another service', { service: 'www' }, 'web.test', 80, 'www/web.test'],
  ['an address', { port: true }, '::1', 8080, 'HTTP/[::1]:8080'],
  ['no alias unless it is asked for', { canonicalName: 'never' }, 'alias.test', 80, 'HTTP/alias.test'],
  ['the canonical name', { canonicalName: 'always' }, 'alias.test', 80, 'HTTP/srv1.test'],
  ['the name as given when there is no alias', { canonicalName: 'always' }, 'web.test', 80, 'HTTP/web.test'],
] as const)('is made of %s', async (_, options, host, port, spn) => {
  expect(await spnOf(options, host, port, { 'alias.test': 'SRV1.test.' })).toBe(spn);
});

it('is what a function says', async () => {
  const spn: SpnFunction = async ({ host, port, canonicalName }) => `www@${await canonicalName()}-${host}-${port}`;
  expect(await spnOf(spn, 'alias.test', 99, { 'alias.test': 'srv1.test' })).toBe('www/srv1.test-alias.test-99');
});

it.each([undefined, '', 'web.test', 'HTTP/', 'HTTP/a b', 'HTTP/a@REALM'])('refuses %j of a function', async (value) => {
  await expect(spnOf((() => value) as unknown as SpnFunction)).rejects.toThrow(
    'spn has to return a name such as "HTTP/web.example"',
  );
});

it('ends with the reason of the signal, not with the name as given', async () => {
  const gone = new Error('gone');
  const signal = AbortSignal.abort(gone);
  const { spn } = settingsOf({ spn: { canonicalName: 'always' } });
  await expect(servicePrincipal(spn, context('web.test', 80), signal)).rejects.toBe(gone);
});

it('has another name only where that is allowed and there is one', async () => {
  const other = (options: SpnOptions | SpnFunction, host: string) =>
    otherPrincipal(
      settingsOf({ spn: options }).spn,
      context(host, 80, { 'alias.test': 'srv1.test', 'web.test': 'WEB.test.' }),
      never,
    );
  expect(await other({}, 'alias.test')).toEqual({ service: 'HTTP', host: 'srv1.test' });
  expect(await other({}, 'web.test')).toBeUndefined();
  expect(await other({ canonicalName: 'never' }, 'alias.test')).toBeUndefined();
  expect(await other({ canonicalName: 'always' }, 'alias.test')).toBeUndefined();
  expect(await other(() => 'HTTP/x', 'alias.test')).toBeUndefined();
});
