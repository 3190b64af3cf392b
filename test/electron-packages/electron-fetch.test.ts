import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Echo } from '@netloom/lab';
import { expect, test, vi } from 'vitest';
import { electron, load, USER, useCorporateNetwork } from './corporate-network.js';

interface ElectronFetchResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  text(): Promise<string>;
  buffer(): Promise<Buffer>;
}
type ElectronFetch = (url: string, init?: Record<string, unknown>) => Promise<ElectronFetchResponse>;

const { default: fetch } = load('electron-fetch') as { default: ElectronFetch };
const network = useCorporateNetwork();

async function corporate() {
  const session = electron.session.fromPartition(`fetch ${Math.random()}`);
  await network.enter(session);
  const onLogin = vi.fn(async () => USER);
  const origin = await network.lab.origin({ protocol: 'http' });
  return { origin, onLogin, options: { session, onLogin } };
}

test('signs in at the proxy, once, and reads JSON', async () => {
  const { origin, onLogin, options } = await corporate();
  for (let i = 0; i < 2; i++) {
    const response = await fetch(`${origin.url}/echo`, { ...options, headers: { 'x-own': 'field' } });
    expect(((await response.json()) as Echo).headers.join()).toContain('x-own,field');
  }
  expect(onLogin).toHaveBeenCalledTimes(1);
  expect(onLogin).toHaveBeenCalledWith(expect.objectContaining({ isProxy: true, scheme: 'digest' }));
});

test.each<[string, () => unknown, number]>([
  ['a text', () => 'some text', 9],
  ['bytes', () => randomBytes(200_000), 200_000],
  ['a stream', () => Readable.from([Buffer.from('some '), Buffer.from('text')]), 9],
])('uploads %s', async (_name, body, bytes) => {
  const { origin, options } = await corporate();
  const sent = body();
  const response = await fetch(`${origin.url}/echo`, { ...options, method: 'POST', body: sent });
  const echo = (await response.json()) as Echo;
  expect(echo).toMatchObject({ method: 'POST', bytes });
  if (Buffer.isBuffer(sent)) expect(echo.sha256).toBe(createHash('sha256').update(sent).digest('hex'));
});

test('follows redirects and decodes', async () => {
  const { origin, options } = await corporate();
  const response = await fetch(`${origin.url}/redirect?to=/compressed/gzip`, options);
  expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  expect(await response.text()).toMatch(/^\w/);
});

test('fails with the name of the error', async () => {
  const { options } = await corporate();
  await expect(
    fetch(`http://127.0.0.1:${await network.lab.deadPort()}/`, { ...options, timeout: 5000 }),
  ).resolves.toMatchObject({ status: 502 });
  await options.session.setProxy({ mode: 'direct' });
  await expect(fetch('http://nobody.invalid/', options)).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
});
