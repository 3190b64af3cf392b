import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLab, type Fault, type Lab, type Origin } from '../src/index.js';
import { ask } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

async function open(fault?: Fault): Promise<{ origin: Origin; session: ClientHttp2Session; closed: Promise<void> }> {
  const origin = await lab.origin({ protocol: 'h2', ...(fault && { fault }) });
  const session = connect(origin.url, { ca: lab.ca.cert });
  session.on('error', () => undefined); // resets are what these tests are about; each stream tells its own
  const closed = new Promise<void>((resolve) => session.once('close', resolve));
  await new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()));
  return { origin, session, closed };
}

/** The status and body of a stream, or the code it was reset with, or that it was lost with its session. */
async function get(session: ClientHttp2Session, path = '/'): Promise<string> {
  const stream = session.request({ ':path': path });
  let status: number | undefined;
  stream.on('response', (headers) => {
    status = headers[':status'];
  });
  let body = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  stream.on('error', () => undefined); // the code says it
  await new Promise((resolve) => stream.once('close', resolve));
  if (stream.rstCode === constants.NGHTTP2_NO_ERROR && status !== undefined && !stream.aborted)
    return `${status} ${body}`;
  return `reset ${stream.rstCode}`;
}

it('refuses streams', async () => {
  const { session } = await open({ kind: 'refused-stream', first: 1 });
  expect(await get(session)).toBe(`reset ${constants.NGHTTP2_REFUSED_STREAM}`);
  expect(await get(session)).toBe('200 ok');
  session.close();
});

it('resets streams in the middle', async () => {
  const { session } = await open({ kind: 'stream-reset', code: constants.NGHTTP2_ENHANCE_YOUR_CALM, first: 1 });
  expect(await get(session)).toBe(`reset ${constants.NGHTTP2_ENHANCE_YOUR_CALM}`);
  expect(await get(session)).toBe('200 ok');
  session.close();
});

it('goes away gracefully: what is under way is answered', async () => {
  const { session, closed, origin } = await open({ kind: 'goaway', mode: 'graceful', after: 1, first: 1 });
  const away = new Promise((resolve) => session.once('goaway', (code) => resolve(code)));
  expect(await Promise.all([get(session, '/slow?ms=20'), get(session)])).toEqual(['200 slow', '200 ok']);
  expect(await away).toBe(constants.NGHTTP2_NO_ERROR);
  await closed;
  expect(origin.stats).toMatchObject({ connections: 1, faults: 1 });
});

it('goes away and names the last stream it has processed', async () => {
  const { session, closed, origin } = await open({ kind: 'goaway', mode: 'unprocessed', after: 1, first: 1 });
  const away = new Promise<number>((resolve) => session.once('goaway', (_code, last) => resolve(last)));
  const answers = await Promise.all([get(session, '/slow?ms=20'), get(session, '/upload'), get(session, '/upload')]);
  expect(answers[0]).toBe('200 slow');
  expect(answers.slice(1)).toEqual([expect.stringMatching(/^reset /), expect.stringMatching(/^reset /)]);
  expect(await away).toBe(1);
  await closed;
  expect(origin.stats.uploads).toBe(0);
});

it('allows so many streams at a time', async () => {
  const { session } = await open({ kind: 'max-streams', max: 3 });
  expect(session.remoteSettings.maxConcurrentStreams).toBe(3);
  expect(await get(session)).toBe('200 ok');
  session.close();
  const { session: usual } = await open();
  expect(usual.remoteSettings.maxConcurrentStreams).toBe(100);
  usual.close();
});

it.each(['reset', 'close'] as const)('plays %s on the connection below', async (kind) => {
  for (const at of ['request', 'body'] as const) {
    const { session, closed } = await open({ kind, at });
    expect(await get(session)).toMatch(/^reset /);
    await closed;
  }
});

it('stalls', async () => {
  const { session, origin } = await open({ kind: 'stall', at: 'request', first: 1 });
  const stalled = get(session);
  await origin.until(({ stats }) => stats.faults === 1);
  expect(await get(session)).toBe('200 ok');
  session.destroy();
  expect(await stalled).toMatch(/^reset /);
});

it.each(['truncated-chunks', 'malformed-chunk', 'short-body'] as const)(
  'resets the stream where HTTP/2 knows no %s',
  async (kind) => {
    const { session } = await open({ kind });
    expect(await get(session)).toBe(`reset ${constants.NGHTTP2_INTERNAL_ERROR}`);
    session.close();
  },
);

it('sends header blocks that are too long', async () => {
  const { session } = await open({ kind: 'oversize-headers', first: 1 });
  expect(await get(session)).toMatch(/^reset /);
  session.destroy();
});

it('closes the connection after a whole response', async () => {
  const { session, closed } = await open({ kind: 'close', at: 'response' });
  expect(await get(session)).toBe('200 ok');
  await closed;
});

it('leaves HTTP/1.1 of the same origin alone', async () => {
  const origin = await lab.origin({ protocol: 'h2', fault: { kind: 'refused-stream' } });
  expect((await ask(`${origin.url}/`, { ca: lab.ca.cert })).text).toBe('ok');
});
