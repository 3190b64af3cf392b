import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as netConnect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';

/** What a test sees of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: Buffer;
  readonly text: string;
  json<T>(): T;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Target to send instead of the URL's path. */
  readonly path?: string;
}

/** One request by node's own client. */
export function ask(url: string, { body, agent, ...options }: Ask = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // node's global agent keeps connections; a test that wants that brings its own.
    const request = send(url, { ...options, agent: agent ?? false }, (response) => {
      collect(response).then(resolve, reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const body = await readAll(response);
  const text = body.toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    trailers: response.trailers,
    body,
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An agent with one connection at a time: what is asked through it shares a socket. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Sends CONNECT by node's client. */
export function connectThrough(
  proxy: string,
  target: string,
  options: Ask = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; socket: Socket; head: Buffer }> {
  const send = proxy.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    send(proxy, { ...options, method: 'CONNECT', path: target, headers: { host: target, ...options.headers } })
      .on('connect', (response, socket, head) =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, socket: socket as Socket, head }),
      )
      .on('error', reject)
      .end();
  });
}

export function secure(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ servername: 'localhost', ...options }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** A raw connection that keeps what it receives. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  error: NodeJS.ErrnoException | undefined;
  readonly closed: Promise<void>;
  #check: (() => void) | undefined;

  constructor(to: number | Socket) {
    this.socket = typeof to === 'number' ? netConnect(to, '127.0.0.1') : to;
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      this.#check?.();
    });
    this.socket.on('error', (error) => {
      this.error = error;
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        resolve();
        this.#check?.();
      });
    });
  }

  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Waits until what was received matches, and takes it away. */
  async take(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.received);
      if (match) {
        this.received = this.received.slice(match.index + match[0].length);
        return match[0];
      }
      if (this.socket.destroyed) throw new Error(`Closed after ${JSON.stringify(this.received)}: no ${pattern}`);
      await new Promise<void>((resolve) => {
        this.#check = resolve;
      });
    }
  }
}
