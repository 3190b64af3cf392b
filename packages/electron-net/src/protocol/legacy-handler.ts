import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { NET_ERRORS, NetError, type NetErrorCode } from '@netloom/contracts';
import { fieldNames, toFieldList, toFieldRecord } from '../net/header-list.js';
import type { Session } from '../session/session.js';
import type { UploadData } from '../web-request/details.js';
import type { Answer } from './answer.js';
import { readFileAnswer } from './file-answer.js';
import type { AnswerRequest, HandledRequest } from './handlers.js';

/** A request as handlers with a callback get it. */
export interface ProtocolRequest {
  url: string;
  method: string;
  referrer: string;
  headers: Record<string, string>;
  /** The origin on whose behalf the request is made, where it names one. */
  initiatorOrigin?: string;
  /** The body, where there is one. */
  uploadData?: UploadData[];
}

/** What a URL is asked with instead of the request's own body. */
export interface ProtocolResponseUploadData {
  contentType: string;
  data: string | Buffer;
}

/** A response as handlers with a callback give it. */
export interface ProtocolResponse {
  /** Number of an error, such as -6: the request fails with it. */
  error?: number;
  /** Default 200. */
  statusCode?: number;
  headers?: Record<string, string | string[]>;
  /** Default `text/html`, where no `content-type` is among the headers. */
  mimeType?: string;
  /** Default `utf-8`, for texts. */
  charset?: string;
  /** The body: bytes, a text or a stream, according to what was registered. */
  data?: Buffer | string | NodeJS.ReadableStream;
  /** The file that is the body. */
  path?: string;
  /** The URL whose response is the body. */
  url?: string;
  /** Method of that URL's request. Default: the request's own. */
  method?: string;
  referrer?: string;
  /** Session that the URL is asked in. Default: the one that the handler belongs to. */
  session?: Session;
  uploadData?: ProtocolResponseUploadData;
}

/** What the body of a response is made from. */
export type BodyKind = 'buffer' | 'file' | 'http' | 'stream' | 'string';

/** What a handler may call back with. */
export type ProtocolCallback<Body> = (response: Body | ProtocolResponse) => void;

/** Asks a URL for the response to a request. */
export type AskUrl = (response: ProtocolResponse, request: HandledRequest) => Promise<Answer>;

/** Answers requests by a handler that calls back. */
export function answerByCallback(
  kind: BodyKind,
  handler: (request: ProtocolRequest, callback: (response: unknown) => void) => void,
  askUrl: AskUrl,
): AnswerRequest {
  return async (request) => {
    const whole = { ...request, upload: request.upload ?? (await uploadOf(request)) };
    const response = await new Promise<unknown>((resolve) => handler(toProtocolRequest(whole), resolve));
    return answerOf(kind, response, whole, askUrl);
  };
}

async function uploadOf({ body }: HandledRequest): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function toProtocolRequest(request: HandledRequest): ProtocolRequest {
  const { url, method, referrer, initiatorOrigin, headers, upload } = request;
  return {
    url,
    method,
    referrer,
    headers: toFieldRecord(headers, () => true),
    ...(initiatorOrigin === undefined ? {} : { initiatorOrigin }),
    ...(upload?.length ? { uploadData: [{ bytes: upload }] } : {}),
  };
}

async function answerOf(kind: BodyKind, given: unknown, request: HandledRequest, askUrl: AskUrl): Promise<Answer> {
  const { url } = request;
  if (typeof given === 'number') throw errorOf(given, url);
  const isWhole = typeof given === 'object' && given !== null && !isBody(given);
  const response = (isWhole ? given : kind === 'file' ? { path: given } : { data: given }) as ProtocolResponse;
  if (typeof response.error === 'number') throw errorOf(response.error, url);
  if (kind === 'http') {
    if (typeof response.url !== 'string') throw refuse(url, 'the response should have a `url`');
    return askUrl(response, request);
  }
  const { statusCode: status = 200 } = response;
  if (kind === 'file') {
    if (typeof response.path !== 'string') throw refuse(url, 'the response should be a path, or have one');
    const file = await readFileAnswer(response.path, request);
    const fields = fieldsOf(response, undefined);
    const given = fieldNames(fields);
    const others = file.fields.flatMap((name, i) =>
      i % 2 === 0 && !given.has(name) ? [name, file.fields[i + 1] as string] : [],
    );
    return { ...file, status: response.statusCode ?? file.status, fields: [...fields, ...others] };
  }
  const fields = fieldsOf(
    response,
    kind === 'string' ? `text/html; charset=${response.charset ?? 'utf-8'}` : 'text/html',
  );
  return { status, statusText: '', fields, body: bodyOf(kind, response.data, url) };
}

function bodyOf(kind: BodyKind, data: unknown, url: string): Readable | null {
  if (kind === 'string' && typeof data === 'string') return data === '' ? null : Readable.from([Buffer.from(data)]);
  if (kind === 'buffer' && ArrayBuffer.isView(data)) return data.byteLength === 0 ? null : Readable.from([data]);
  if (kind === 'stream') {
    if (data === null || data === undefined) return null;
    if (data instanceof Readable) return data;
    if (data instanceof ReadableStream) return Readable.fromWeb(data as NodeReadableStream);
    if (isBody(data)) return new Readable().wrap(data as NodeJS.ReadableStream);
  }
  throw refuse(url, `the response should be a ${kind}, or have one as \`data\``);
}

/** Whether a value is a body by itself, and not an object that describes a response. */
function isBody(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    value instanceof ReadableStream ||
    typeof (value as Partial<Readable>).on === 'function'
  );
}

function fieldsOf({ headers = {}, mimeType }: ProtocolResponse, otherwise: string | undefined): string[] {
  const fields = toFieldList(headers);
  const hasType = fieldNames(fields).has('content-type');
  return hasType ? fields : [...fields, ...toFieldList({ 'content-type': mimeType ?? otherwise })];
}

function errorOf(number: number, url: string): NetError {
  const code = (Object.keys(NET_ERRORS) as NetErrorCode[]).find((name) => NET_ERRORS[name] === number);
  return new NetError(code ?? 'ERR_FAILED', { url, detail: `the handler called back with ${number}` });
}

function refuse(url: string, detail: string): NetError {
  return new NetError('ERR_NOT_IMPLEMENTED', { url, detail });
}
