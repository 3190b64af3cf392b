import { constants } from 'node:http2';
import type { Fault } from '../faults/fault.js';
import type { Connection } from '../server/connection.js';
import { GARBAGE, silence } from '../server/misbehaviour.js';
import type { Exchange } from './exchange.js';
import { goAway } from './go-away.js';

const CRLF = '\r\n';
const OK = `HTTP/1.1 200 OK${CRLF}Content-Type: text/plain${CRLF}`;
const CONNECT_PAGE = "<!doctype html><title>Proxy</title><p>This page is the proxy's, not the origin's.</p>\n";
const PART = 'a part of the body, ';

/**
 * Plays a fault on a request that has been read.
 *
 * @returns whether the request is done with; otherwise it is answered as usual.
 */
export function playAnswerFault(fault: Fault, exchange: Exchange): boolean {
  switch (fault.kind) {
    case 'reset':
    case 'close':
    case 'stall':
      if (fault.at === 'headers') writeRaw(exchange, `${OK}X-Cut: her`, () => cut(fault.kind, exchange));
      else if (fault.at === 'body') writePartOfBody(exchange, () => cut(fault.kind, exchange));
      else cut(fault.kind, exchange);
      return true;
    case 'garbage':
      return finishRaw(exchange, fault.bytes ?? GARBAGE);
    case 'answer':
      exchange.send(fault.status, copyHeaders(fault.headers), fault.body ?? '');
      return true;
    case 'connect-answer':
      exchange.send(
        fault.status,
        { ...connectHeaders(fault.status), ...copyHeaders(fault.headers) },
        fault.body ?? CONNECT_PAGE,
      );
      return true;
    case 'oversize-headers':
      exchange.send(200, filler(fault.bytes ?? 512 * 1024), 'after a long head');
      return true;
    case 'truncated-chunks':
      return finishRaw(exchange, `${OK}Transfer-Encoding: chunked${CRLF}${CRLF}64${CRLF}${PART}`);
    case 'malformed-chunk':
      return finishRaw(exchange, `${OK}Transfer-Encoding: chunked${CRLF}${CRLF}zz${CRLF}${PART}${CRLF}0${CRLF}${CRLF}`);
    case 'short-body':
      return finishRaw(exchange, `${OK}Content-Length: ${PART.length + (fault.by ?? 10)}${CRLF}${CRLF}${PART}`);
    case 'keep-alive-hint':
      hint(fault.seconds ?? 1, exchange);
      return false;
    case 'refused-stream':
      exchange.http2Stream?.close(constants.NGHTTP2_REFUSED_STREAM);
      return true;
    case 'stream-reset': {
      exchange.head(200, { 'content-type': 'text/plain' });
      exchange.response.write(PART);
      exchange.http2Stream?.close(fault.code ?? constants.NGHTTP2_INTERNAL_ERROR);
      return true;
    }
    case 'goaway':
      return goAway(fault.mode, exchange);
    default:
      throw new Error(`The fault '${fault.kind}' does not play on a request`);
  }
}

/** What must not reach the caller of a CONNECT. */
function connectHeaders(status: number): Record<string, string> {
  return {
    'content-type': 'text/html',
    'set-cookie': 'proxy=1; Path=/',
    ...(status >= 300 && status < 400 && { location: 'http://elsewhere.corp.test/' }),
  };
}

/** Ends or silences a connection to which something may have been sent. */
export function cut(how: 'reset' | 'close' | 'stall', { connection, request, raw }: Exchange): void {
  if (how === 'reset') connection.resetAfterData();
  else if (how === 'close') connection.close();
  else if (raw) silence(raw.socket);
  else request.resume();
}

/** Headers of a fault as `writeHead` takes them. */
function copyHeaders(headers: Readonly<Record<string, string | readonly string[]>> = {}) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

/** Bytes instead of an HTTP/1.1 answer, then a FIN. An h2 stream, where there is no such thing, is reset. */
function finishRaw(exchange: Exchange, bytes: string | Buffer): true {
  writeRaw(exchange, bytes, () => exchange.connection.close());
  return true;
}

function writeRaw({ http2Stream, connection }: Exchange, bytes: string | Buffer, written: () => void): void {
  if (http2Stream) http2Stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else connection.stream.write(bytes, written);
}

function writePartOfBody(exchange: Exchange, written: () => void): void {
  exchange.head(200, { 'content-type': 'text/plain', 'content-length': 10_000 });
  exchange.response.write(PART, written);
}

function filler(bytes: number): Record<string, string> {
  const headers: Record<string, string> = {};
  const value = 'x'.repeat(4000);
  for (let left = bytes, index = 0; left > 0; left -= 4000) headers[`x-filler-${index++}`] = value;
  return headers;
}

function hint(seconds: number, { isHttp2, response, connection }: Exchange): void {
  if (isHttp2) return;
  response.setHeader('connection', 'keep-alive');
  response.setHeader('keep-alive', `timeout=${seconds}`);
  response.once('finish', () => closeWhenIdle(connection, seconds * 1000));
}

function closeWhenIdle(connection: Connection, ms: number): void {
  const { requests } = connection;
  const timer = setTimeout(() => connection.requests === requests && connection.close(), ms);
  connection.socket.once('close', () => clearTimeout(timer));
}
