import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Connection } from '../server/connection.js';

/** How a request came: an ordinary one, or one that asks for the connection itself. */
export type ExchangeKind = 'request' | 'connect' | 'upgrade';

/** One request and its answer. Over h2 they are node's compatible ones, so that the rest of the lab knows one kind. */
export class Exchange {
  /** Bytes to send right after the head of a granted CONNECT: a fault. */
  extraBytes: Buffer | undefined;
  /** Who signed in, if anyone. */
  user: string | undefined;
  /** Value of `Authentication-Info` (or the proxy's), told when the head is sent. */
  authenticationInfo: ((body: Buffer | undefined) => string | undefined) | undefined;
  /** Name of the header {@link authenticationInfo} goes to. */
  infoHeader = 'authentication-info';
  #body: Promise<Buffer> | undefined;
  #url: URL | undefined;

  constructor(
    readonly kind: ExchangeKind,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly connection: Connection,
    /** CONNECT and upgrade: the socket below, and the bytes that came after the request's head. */
    readonly raw?: { readonly socket: Duplex; readonly head: Buffer },
  ) {}

  get method(): string {
    return this.request.method ?? 'GET';
  }

  /** The request target as sent. */
  get target(): string {
    return this.request.url ?? '/';
  }

  /** `http/1.1`, `http/1.0` or `h2`. */
  get protocol(): string {
    return this.request.httpVersionMajor === 2 ? 'h2' : `http/${this.request.httpVersion}`;
  }

  get isHttp2(): boolean {
    return this.request.httpVersionMajor === 2;
  }

  /** The h2 stream; `undefined` over HTTP/1.1. */
  get http2Stream(): ServerHttp2Stream | undefined {
    return (this.response as { stream?: ServerHttp2Stream }).stream;
  }

  /** The target of an origin's request as a URL; only path and query mean anything. */
  get url(): URL {
    this.#url ??= new URL(this.target, 'http://origin.invalid');
    return this.#url;
  }

  /** A number from the query, or the default where it is absent or none. */
  number(name: string, otherwise: number): number {
    const value = Number(this.url.searchParams.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : otherwise;
  }

  /** The value of a request header; several lines of it joined by commas. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The whole body; may be asked for more than once. */
  body(): Promise<Buffer> {
    this.#body ??= readAll(this.request);
    return this.#body;
  }

  /** Reads the rest of the body and forgets it. */
  async drain(): Promise<void> {
    if (this.kind !== 'request') return;
    if (this.#body) return void (await this.#body);
    if (this.request.readableEnded) return;
    this.request.resume();
    await ended(this.request);
  }

  /** Sends an answer whose body is known. */
  send(status: number, headers: OutgoingHttpHeaders = {}, body: string | Buffer = ''): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#setInfo(bytes);
    const hasBody = status !== 204 && status !== 304 && status >= 200;
    this.#writeHead(status, hasBody ? { 'content-length': bytes.length, ...headers } : headers);
    this.response.end(hasBody ? bytes : undefined);
  }

  /** Sends JSON. */
  json(value: unknown, status = 200, headers: OutgoingHttpHeaders = {}): void {
    this.send(status, { 'content-type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(value));
  }

  /** Sends the head of an answer whose body follows by {@link response}. */
  head(status: number, headers: OutgoingHttpHeaders = {}): void {
    this.#setInfo(undefined);
    this.#writeHead(status, headers);
  }

  /** Breaks an answer off whose head has been sent. */
  abort(): void {
    if (this.http2Stream) this.http2Stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.connection.close();
  }

  #setInfo(body: Buffer | undefined): void {
    const info = this.authenticationInfo?.(body);
    if (info !== undefined) this.response.setHeader(this.infoHeader, info);
  }

  #writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.response.writeHead(status, headers);
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Resolves at the end of a request's body, or when the client has gone. */
function ended(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    request.once('end', resolve).once('close', resolve);
  });
}
