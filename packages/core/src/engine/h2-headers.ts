import type { OutgoingHttpHeaders } from 'node:http2';
import { isBlob, isFormData, type WritableBody } from '../body/replay.js';
import type { EngineRequest } from './engine.js';

/** Fields that belong to one HTTP/1 connection and are errors in HTTP/2 (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** The request's head and body as HTTP/2 wants them: pseudo-headers first, names in lower case. */
export function toHttp2(request: EngineRequest): {
  readonly headers: OutgoingHttpHeaders;
  readonly body: WritableBody;
} {
  const colon = request.origin.indexOf(':');
  const headers: OutgoingHttpHeaders = {
    ':method': request.method,
    ':scheme': request.origin.slice(0, colon),
    ':authority': request.origin.slice(colon + '://'.length),
    ':path': request.path,
  };
  for (let i = 0; i + 1 < request.headers.length; i += 2)
    add(headers, (request.headers[i] as string).toLowerCase(), request.headers[i + 1] as string);
  const body = request.body?.open() ?? null;
  if (isFormData(body)) {
    const encoded = new Response(body);
    headers['content-type'] ??= encoded.headers.get('content-type') ?? undefined;
    return { headers, body: encoded.body as unknown as AsyncIterable<Uint8Array> };
  }
  if (body instanceof Uint8Array) headers['content-length'] ??= String(body.byteLength);
  if (isBlob(body)) {
    if (body.type !== '') headers['content-type'] ??= body.type;
    headers['content-length'] ??= String(body.size);
  }
  return { headers, body };
}

function add(headers: OutgoingHttpHeaders, name: string, value: string): void {
  if (name === 'host') {
    headers[':authority'] = value;
    return;
  }
  if (CONNECTION_FIELDS.has(name) || (name === 'te' && value !== 'trailers')) return;
  const present = headers[name];
  if (present === undefined) headers[name] = value;
  else if (Array.isArray(present)) present.push(value);
  else headers[name] = [String(present), value];
}
