import type { Echo } from '@netloom/lab';
import { expect, test } from 'vitest';
import { electron, USER, useCorporateNetwork } from './corporate-network.js';

/** What of ky is used; it is installed in this folder alone. */
interface Ky {
  create(options: Record<string, unknown>): Record<'get' | 'post' | 'put', (url: string, options?: object) => Reply>;
}
type Reply = Promise<Response> & { json<T>(): Promise<T>; text(): Promise<string> };

const name = 'ky';
const { default: ky } = (await import(name)) as { default: Ky };
const network = useCorporateNetwork();

/** The client of a program that has given it Electron's fetch. */
async function client() {
  const session = electron.session.fromPartition(`ky ${Math.random()}`);
  await network.enter(session);
  session.on('login', (_info, callback) => callback(USER.username, USER.password));
  return ky.create({ fetch: session.fetch.bind(session), retry: { limit: 2, delay: () => 1 } });
}

test('posts JSON through the proxy', async () => {
  const origin = await network.lab.origin({ protocol: 'http' });
  const echo = await (await client()).post(`${origin.url}/echo`, { json: { some: 'thing' } }).json<Echo>();
  expect(echo).toMatchObject({ method: 'POST', bytes: 16 });
  expect(echo.headers.join().toLowerCase()).toContain('content-type,application/json');
});

test('tries again when the server says so', async () => {
  let requests = 0;
  const url = await network.serve((_request, response) => {
    requests += 1;
    response.writeHead(requests < 3 ? 503 : 200).end(`answer ${requests}`);
  });
  expect(await (await client()).get(url).text()).toBe('answer 3');
});

test('gives up in time', async () => {
  const url = await network.serve(() => undefined);
  await expect((await client()).get(url, { timeout: 50 })).rejects.toThrow('timed out');
});

test('uploads a form and reads a stream', async () => {
  const form = new FormData();
  form.set('file', new Blob(['x'.repeat(1000)]), 'name.txt');
  const origin = await network.lab.origin({ protocol: 'http' });
  const send = await client();
  const echo = await send.put(`${origin.url}/echo`, { body: form }).json<Echo>();
  expect(echo.bytes).toBeGreaterThan(1000);
  const { body } = await send.get(`${origin.url}/big?bytes=300000`);
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  expect(bytes).toBe(300_000);
});
