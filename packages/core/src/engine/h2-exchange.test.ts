import { once } from 'node:events';
import { type ClientHttp2Session, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReplayBody } from '../body/replay.js';
import type { EngineRequest } from './engine.js';
import { H2Engine } from './h2.js';
import { H2Exchange } from './h2-exchange.js';

type Controller = Dispatcher.DispatchController;

let server: Http2Server;
let engine: H2Engine;
let origin: string;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  engine = new H2Engine(origin, socket, { onClosed: () => undefined, onCapacity: () => undefined });
});

afterEach(async () => {
  engine.destroy();
  server.close();
  await once(server, 'close');
});

const plain = { path: '/', method: 'GET', headers: [], body: undefined, upgrade: undefined };
const unlimited = { headersTimeout: 0, bodyTimeout: 0 };

/** Sends a request; what its handler hears, and its stream at the server. */
function send(changes: Partial<EngineRequest> = {}, onHead: (controller: Controller) => void = () => undefined) {
  const heard: string[] = [];
  let controller!: Controller;
  const request: EngineRequest = { origin, ...plain, ...unlimited, ...changes };
  const stream = once(server, 'stream').then(([one]) => one as ServerHttp2Stream);
  const ended = new Promise<void>((resolve) => {
    engine.send(request, {
      onRequestStart: (given) => {
        controller = given;
      },
      onResponseStart: (given, status) => {
        heard.push(`head ${status}`);
        onHead(given);
      },
      onResponseData: () => heard.push('data'),
      onResponseEnd: () => resolve(void heard.push('end')),
      onResponseError: (_controller, error) => resolve(void heard.push(`error ${error.message}`)),
    });
  });
  return { heard, stream, ended, controller };
}

/** Answers with more than one piece. */
function answer(stream: ServerHttp2Stream): void {
  stream.on('error', () => undefined); // of the client, who may have gone
  stream.respond({ ':status': 200 });
  stream.end(Buffer.alloc(300_000));
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(10);
  throw new Error('the source broke');
}

test('a request that has ended hears no more, and its stream is closed', async () => {
  const { heard, stream, ended } = send();
  const there = await stream;
  answer(there);
  await ended;
  if (!there.destroyed) await once(there, 'close');
  expect(heard[0]).toBe('head 200');
  expect(heard.filter((one) => one !== 'data')).toEqual(['head 200', 'end']);
});

test.each<[string, (controller: Controller) => void]>([
  ['given up', (controller) => controller.abort(new Error('enough'))],
  [
    'given up while it is paused',
    (controller) => {
      controller.pause();
      controller.abort(new Error('enough'));
    },
  ],
])('a request that is %s hears nothing of the head that comes after, and its stream is closed', async (_what, end) => {
  const { heard, stream, ended, controller } = send();
  const there = await stream;
  answer(there);
  end(controller);
  await ended;
  if (!there.destroyed) await once(there, 'close');
  expect(heard).toEqual(['error enough']);
});

test('a request that is given up in its answer hears no more, and its stream is closed', async () => {
  const { heard, stream, ended } = send({}, (controller) => controller.abort(new Error('enough')));
  const there = await stream;
  answer(there);
  await ended;
  if (!there.destroyed) await once(there, 'close');
  expect(heard).toEqual(['head 200', 'error enough']);
});

test('a request whose body breaks hears nothing of the head that comes after, and its stream is closed', async () => {
  const { heard, stream, ended } = send({ method: 'POST', body: new ReplayBody(breaking()) });
  const there = await stream;
  await ended;
  if (!there.destroyed) answer(there);
  if (!there.destroyed) await once(there, 'close');
  expect(heard).toEqual(['error the source broke']);
});

test('the session goes on, whatever became of a request on it', async () => {
  for (const path of ['/one', '/two']) {
    const { stream, ended, controller } = send({ path });
    controller.abort(new Error('enough'));
    await Promise.all([stream, ended]);
  }
  const { heard, stream, ended } = send();
  answer(await stream);
  await ended;
  expect(heard.at(-1)).toBe('end');
});

test('an engine that is destroyed before its session has begun throws nothing', async () => {
  const thrown: unknown[] = [];
  const listen = (error: unknown) => thrown.push(error);
  process.prependOnceListener('uncaughtException', listen);
  engine.destroy();
  // Node tells of the connection in a later turn.
  await new Promise(setImmediate);
  process.off('uncaughtException', listen);
  expect(thrown).toEqual([]);
  expect(engine.alive).toBe(false);
});

/** A stream that a test tells what happens on it. */
class ScriptedStream extends Duplex {
  rstCode = 0;
  aborted = false;
  override _read(): void {
    // what there is to read is emitted
  }
  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    callback();
  }
  close(): void {
    // it has no peer
  }
}

test('a stream lets go of a request that has ended: Node may keep it for long', () => {
  const heard: string[] = [];
  const stream = new ScriptedStream();
  const session = { request: () => stream } as unknown as ClientHttp2Session;
  const host = { sessionError: undefined, isUnprocessed: () => false, onFinished: () => heard.push('finished') };
  const exchange = new H2Exchange(
    host,
    session,
    { origin, ...plain, ...unlimited },
    {
      onResponseStart: () => heard.push('head'),
      onResponseData: () => heard.push('data'),
      onResponseEnd: () => heard.push('end'),
      onResponseError: () => heard.push('error'),
    },
  );
  const refersTo = () => Reflect.ownKeys(stream).map((key) => Reflect.get(stream, key));
  stream.emit('response', { ':status': 200 });
  stream.emit('data', Buffer.alloc(1));
  expect(refersTo()).toContain(exchange);
  stream.emit('end');
  expect(heard).toEqual(['head', 'data', 'finished', 'end']);
  expect(refersTo()).not.toContain(exchange);
  stream.emit('headers', { ':status': 103 });
  stream.emit('data', Buffer.alloc(1));
  stream.emit('trailers', {});
  stream.emit('error', new Error('too late'));
  stream.emit('close');
  expect(heard).toHaveLength(4);
});

test('the listeners of a stream are those of every other: what they would refer to could not go', () => {
  const streams = [new ScriptedStream(), new ScriptedStream()] as const;
  for (const stream of streams) {
    const session = { request: () => stream } as unknown as ClientHttp2Session;
    const host = { sessionError: undefined, isUnprocessed: () => false, onFinished: () => undefined };
    new H2Exchange(host, session, { origin, ...plain, ...unlimited }, {});
  }
  for (const event of ['headers', 'response', 'trailers', 'error', 'close']) {
    const [one, other] = streams.map((stream) => stream.listeners(event));
    expect(one).toHaveLength(1);
    expect(one).toEqual(other);
    expect(one?.[0]).toBe(other?.[0]);
  }
});
