import { NetError } from '@netloom/contracts';
import { type ErrorPlace, PeerClosedError } from './socket-errors.js';
import type { SocketReader } from './socket-reader.js';
import type { TunnelHeaders } from './types.js';

/** Bytes that the heads of an answer may have together, interim ones (1xx) included. */
const MAX_HEAD_BYTES = 256 * 1024;

/** The head of an answer to CONNECT. */
export interface ResponseHead {
  readonly status: number;
  /** Whether the peer keeps the connection open after this answer, as far as it says. */
  readonly keepAlive: boolean;
  /** Length of the body: bytes, `chunked`, or undefined when only the end of the connection ends it. */
  readonly bodyLength: number | 'chunked' | undefined;
  readonly headers: TunnelHeaders;
}

/**
 * Reads the head of the final answer, past interim ones (1xx, RFC 9110 section 15.2). Bytes after it stay in the
 * reader.
 *
 * @throws NetError `ERR_TUNNEL_CONNECTION_FAILED` when what comes is no HTTP/1 head, `ERR_RESPONSE_HEADERS_TOO_BIG`
 * beyond 256 KiB; PeerClosedError when the connection ends before the first byte.
 */
export async function readResponseHead(reader: SocketReader, place: ErrorPlace): Promise<ResponseHead> {
  let budget = MAX_HEAD_BYTES;
  for (;;) {
    const bytes = await readHeadBytes(reader, budget, place);
    budget -= bytes.length;
    const head = parseHead(bytes.toString('latin1'), place);
    if (head.status >= 200 || head.status === 101) return head;
  }
}

const START = 'HTTP/1.';
const LF = 10;
const CR = 13;

/** Up to and including the empty line. Each byte is looked at once, however small the pieces are that it comes in. */
async function readHeadBytes(reader: SocketReader, limit: number, place: ErrorPlace): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  let lineLength = 0;
  for (;;) {
    const bytes = await reader.chunk();
    if (bytes === undefined)
      throw length === 0 ? new PeerClosedError() : notHttp(place, 'the answer ends within its head');
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (length < START.length && byte !== START.charCodeAt(length)) throw notHttp(place, 'the answer is not HTTP/1');
      if (++length > limit) {
        throw new NetError('ERR_RESPONSE_HEADERS_TOO_BIG', { ...place, detail: `more than ${MAX_HEAD_BYTES} bytes` });
      }
      if (byte === LF) {
        if (lineLength === 0) {
          if (i + 1 < bytes.length) reader.unread(bytes.subarray(i + 1));
          parts.push(bytes.subarray(0, i + 1));
          return Buffer.concat(parts);
        }
        lineLength = 0;
      } else if (byte !== CR) lineLength++;
    }
    parts.push(bytes);
  }
}

const STATUS_LINE = /^HTTP\/1\.(\d+) +(\d{3})(?: |$)/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

function parseHead(text: string, place: ErrorPlace): ResponseHead {
  const [statusLine = '', ...lines] = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const [, minor, status] = STATUS_LINE.exec(statusLine) ?? [];
  if (status === undefined) throw notHttp(place, 'the answer has no status line');
  const headers: string[] = [];
  let wellFormed = true;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (FIELD_NAME.test(name)) headers.push(name, line.slice(colon + 1).trim());
    else if (line !== '') wellFormed = false;
  }
  const options = tokens(headers, 'connection').concat(tokens(headers, 'proxy-connection'));
  const bodyLength = bodyLengthOf(headers);
  return {
    status: Number(status),
    keepAlive: wellFormed && !options.includes('close') && (Number(minor) >= 1 || options.includes('keep-alive')),
    bodyLength,
    headers,
  };
}

/** RFC 9112 section 6.3. Where fields contradict each other, the connection cannot be used again. */
function bodyLengthOf(headers: TunnelHeaders): ResponseHead['bodyLength'] {
  const lengths = new Set(tokens(headers, 'content-length'));
  const codings = tokens(headers, 'transfer-encoding');
  if (codings.length > 0)
    return codings.length === 1 && codings[0] === 'chunked' && lengths.size === 0 ? 'chunked' : undefined;
  const [length] = lengths;
  return lengths.size === 1 && /^\d{1,15}$/.test(length!) ? Number(length) : undefined;
}

/** The members of a comma-separated field, in lower case. */
function tokens(headers: TunnelHeaders, name: string): string[] {
  return headerValues(headers, name).flatMap((value) =>
    value
      .toLowerCase()
      .split(',')
      .map((token) => token.trim()),
  );
}

/** All values of a field. */
function headerValues(headers: TunnelHeaders, name: string): string[] {
  return headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name);
}

function notHttp(place: ErrorPlace, detail: string): NetError {
  return new NetError('ERR_TUNNEL_CONNECTION_FAILED', { ...place, detail });
}
