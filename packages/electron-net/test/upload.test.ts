import { createHash, randomBytes } from 'node:crypto';
import { basicAuth, type Echo } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { type ClientRequestConstructorOptions, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed, record } from './support/record.js';

const environment = useLab();
const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');

async function origin(options: { auth?: boolean } = {}) {
  const auth = options.auth ? { auth: { schemes: [basicAuth()] } } : {};
  const server = await environment.lab.origin({ protocol: 'http', ...auth });
  const post = (path = '/echo', more: ClientRequestConstructorOptions = {}) =>
    net.request({ method: 'POST', url: server.url + path, session: environment.session, ...more });
  return { server, post };
}

const fieldNames = ({ headers }: Echo) => headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());

describe('buffered', () => {
  test.each(['GET', 'POST', 'PUT'])('a %s goes out with its length', async (method) => {
    const { post, server } = await origin();
    const request = post('/echo', { method });
    request.write('some ');
    await new Promise(setImmediate);
    expect(server.stats.connections).toBe(0);
    request.write(Buffer.from('text '));
    const echo = JSON.parse((await answer(request, 'of three')).text) as Echo;
    expect(echo).toMatchObject({ method, bytes: 18, sha256: sha256(Buffer.from('some text of three')) });
    expect(fieldNames(echo)).toContain('content-length');
    expect(fieldNames(echo)).not.toContain('transfer-encoding');
  });

  test.each([0, 1, 65_536, 65_537, 1_000_000])(
    '%d bytes arrive as they are, and their progress is told',
    async (size) => {
      const { post } = await origin();
      const request = post();
      const body = randomBytes(size);
      const progress: [number, number][] = [];
      request.on('upload-progress', (current, total) => {
        progress.push([current, total]);
        expect(request.getUploadProgress()).toEqual({ active: true, started: true, current, total });
      });
      expect(request.getUploadProgress()).toEqual({ active: false, started: false, current: 0, total: 0 });
      const echo = JSON.parse((await answer(request, body)).text) as Echo;
      expect(echo).toMatchObject({ bytes: size, sha256: sha256(body) });
      expect(progress.at(-1)).toEqual(size === 0 ? undefined : [size, size]);
      expect(progress.map(([current]) => current)).toEqual(
        [...progress.map(([current]) => current)].sort((a, b) => a - b),
      );
    },
  );

  test('is sent again after a login, and after a 307', async () => {
    const { post, server } = await origin({ auth: true });
    const body = randomBytes(200_000);
    for (const [path, method] of [
      ['/echo', 'POST'],
      ['/echo', 'GET'],
      ['/redirect?to=/echo&status=307', 'POST'],
    ] as const) {
      await environment.session.clearAuthCache();
      const request = post(path, { method });
      request.on('login', (_info, callback) => callback('alice', 'wonderland'));
      const echo = JSON.parse((await answer(request, body)).text) as Echo;
      expect(echo).toMatchObject({ method, bytes: body.length, sha256: sha256(body) });
    }
    expect(server.stats.rounds).toBe(3);
  });

  test('is given up where a redirect turns POST into GET', async () => {
    const { post } = await origin();
    const echo = JSON.parse((await answer(post('/redirect?to=/echo&status=302'), randomBytes(100_000))).text) as Echo;
    expect(echo).toMatchObject({ method: 'GET', bytes: 0 });
    expect(fieldNames(echo)).not.toContain('content-length');
  });
});

describe('chunked', () => {
  test('begins with the first write', async () => {
    const { post, server } = await origin();
    const request = post();
    request.chunkedEncoding = true;
    expect(request.chunkedEncoding).toBe(true);
    request.write('one');
    await server.until(({ stats }) => stats.requests === 1);
    const echo = JSON.parse((await answer(request, 'two')).text) as Echo;
    expect(echo).toMatchObject({ bytes: 6, sha256: sha256(Buffer.from('onetwo')) });
    expect(fieldNames(echo)).toContain('transfer-encoding');
    expect(fieldNames(echo)).not.toContain('content-length');
    expect(request.getUploadProgress()).toEqual({ active: true, started: true, current: 6, total: 6 });
  });

  test('may have no body at all', async () => {
    const { post } = await origin();
    const request = post();
    request.chunkedEncoding = true;
    expect(JSON.parse((await answer(request)).text)).toMatchObject({ method: 'POST', bytes: 0 });
  });

  test('of many megabytes waits for the server', async () => {
    const { post } = await origin();
    const request = post('/upload');
    request.chunkedEncoding = true;
    const chunk = randomBytes(500_000);
    const answered = new Promise<string>((resolve) => {
      request.on('response', async (response) => resolve(Buffer.concat(await response.toArray()).toString()));
    });
    for (let i = 0; i < 20; i++) {
      if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve));
    }
    request.end();
    expect(JSON.parse(await answered)).toMatchObject({ bytes: 10_000_000 });
  });

  test('is sent again after a login as far as a copy is kept', async () => {
    const { post } = await origin({ auth: true });
    const request = post();
    request.chunkedEncoding = true;
    request.on('login', (_info, callback) => callback('alice', 'wonderland'));
    request.write('one');
    expect(JSON.parse((await answer(request, 'two')).text)).toMatchObject({ bytes: 6 });
  });

  test('that the server does not wait for ends with its answer', async () => {
    const { post } = await origin();
    const request = post('/early-401');
    request.chunkedEncoding = true;
    const events = record(request);
    request.write('one');
    await closed(request);
    expect(events[0]).toBe('request response 401');
    expect(events.at(-1)).toBe('request close');
    request.write('two');
    request.end();
    await closed(request);
    expect(events.at(-1)).toBe('request close');
  });
});

test('an upload finishes although nobody refers to its request', async () => {
  const { post, server } = await origin();
  const body = randomBytes(1_000_000);
  const closed = new Promise((resolve) => {
    post('/upload').once('close', resolve).end(body);
  });
  (globalThis as { gc?: () => void }).gc?.();
  await server.until(({ stats }) => stats.uploads === 1);
  await closed;
});
