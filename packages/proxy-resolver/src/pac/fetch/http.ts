import type { IncomingMessage, RequestOptions } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Transform } from 'node:stream';
import { type HostResolver, type NetErrorCode, parseUrl } from '@netloom/contracts';
import { pacFetchFailed } from '../pac-error.js';
import { MAX_PAC_BYTES, type PacBytes, type PacFetchOptions } from './types.js';

const MAX_REDIRECTS = 20;

/** Reads a script from an http or https URL, following redirects to other such URLs. */
export async function readHttp(
  url: URL,
  options: PacFetchOptions & { readonly signal: AbortSignal },
): Promise<PacBytes> {
  let current = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(current, options);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
      response.destroy();
      current = redirected(current, location);
      continue;
    }
    if (status !== 200) {
      response.destroy();
      throw statusError(status, current.href);
    }
    return { bytes: await readBody(response, current.href), contentType: response.headers['content-type'] };
  }
  throw pacFetchFailed('ERR_TOO_MANY_REDIRECTS', url.href, `more than ${MAX_REDIRECTS} redirects`);
}

function redirected(from: URL, location: string): URL {
  const to = parseUrl(location, from);
  if (to === undefined) throw pacFetchFailed('ERR_INVALID_REDIRECT', from.href, 'it redirects to no URL');
  if (to.protocol === 'http:' || to.protocol === 'https:') return to;
  throw pacFetchFailed('ERR_UNSAFE_REDIRECT', from.href, `it redirects to a ${to.protocol} URL`);
}

function statusError(status: number, url: string) {
  if (status === 401 || status === 407) {
    return pacFetchFailed('ERR_NOT_IMPLEMENTED', url, 'its server asks for sign-in, which is not done for PAC scripts');
  }
  return pacFetchFailed('ERR_HTTP_RESPONSE_CODE_FAILURE', url, `its server answered with status ${status}`);
}

async function request(url: URL, { hostResolver, ca, signal, background }: PacFetchOptions): Promise<IncomingMessage> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions & { ca?: string | string[] } = {
    agent: false,
    signal,
    lookup: lookupWith(hostResolver),
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      'user-agent': 'netloom',
    },
    ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
  };
  return new Promise((resolve, reject) => {
    // Sign-in is not done, so the user info of the URL is not sent either.
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    request(bare, options, resolve)
      .on('socket', (socket) => background && socket.unref())
      .on('error', (error) => reject(signal?.aborted ? error : transportError(error, url.href)))
      .end();
  });
}

async function readBody(response: IncomingMessage, url: string): Promise<Uint8Array> {
  const decoders = await contentDecoders(response.headers['content-encoding'], url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (error: Error) => {
      response.destroy();
      for (const decoder of decoders) decoder.destroy();
      reject(error);
    };
    response.on('error', (error) => fail(transportError(error, url)));
    let decoded: NodeJS.ReadableStream = response;
    for (const decoder of decoders) {
      decoder.on('error', (error) => fail(pacFetchFailed('ERR_CONTENT_DECODING_FAILED', url, error.message, error)));
      decoded = decoded.pipe(decoder);
    }
    decoded.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_PAC_BYTES)
        fail(pacFetchFailed('ERR_FILE_TOO_BIG', url, `it is larger than ${MAX_PAC_BYTES} bytes`));
      else chunks.push(chunk);
    });
    decoded.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

async function contentDecoders(header: string | undefined, url: string): Promise<Transform[]> {
  const codings = (header ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const applied = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (applied.length === 0) return [];
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const makers: Record<string, () => Transform> = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  return applied.reverse().map((coding) => {
    const make = Object.hasOwn(makers, coding) ? makers[coding] : undefined;
    if (make === undefined)
      throw pacFetchFailed('ERR_CONTENT_DECODING_FAILED', url, `unknown content coding ${coding}`);
    return make();
  });
}

/** Node's look-up function on a {@link HostResolver}. */
function lookupWith(resolver: HostResolver): LookupFunction {
  return (hostname, { all, family }, callback) => {
    const wanted = family === 4 || family === 'IPv4' ? 4 : family === 6 || family === 'IPv6' ? 6 : undefined;
    resolver.lookup(hostname, { family: wanted }).then(
      (addresses) => {
        const [first] = addresses;
        if (all) callback(null, [...addresses]);
        else if (first !== undefined) callback(null, first.address, first.family);
        else callback(Object.assign(new Error(`no address of ${hostname}`), { code: 'ENOTFOUND' }), '', 4);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 4),
    );
  };
}

const CODES: Readonly<Record<string, NetErrorCode>> = {
  ENOTFOUND: 'ERR_NAME_NOT_RESOLVED',
  EAI_AGAIN: 'ERR_NAME_NOT_RESOLVED',
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  ECONNRESET: 'ERR_CONNECTION_RESET',
  EPIPE: 'ERR_CONNECTION_RESET',
  ETIMEDOUT: 'ERR_CONNECTION_TIMED_OUT',
  EHOSTUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  ENETUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  EPROTO: 'ERR_SSL_PROTOCOL_ERROR',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ERR_CERT_COMMON_NAME_INVALID',
  CERT_HAS_EXPIRED: 'ERR_CERT_DATE_INVALID',
  CERT_NOT_YET_VALID: 'ERR_CERT_DATE_INVALID',
  CERT_REVOKED: 'ERR_CERT_REVOKED',
  CERT_UNTRUSTED: 'ERR_CERT_AUTHORITY_INVALID',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ERR_CERT_AUTHORITY_INVALID',
  SELF_SIGNED_CERT_IN_CHAIN: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_GET_ISSUER_CERT: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ERR_CERT_AUTHORITY_INVALID',
};

function transportError(error: NodeJS.ErrnoException, url: string) {
  const { code = '', message } = error;
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  const guess = code.startsWith('HPE_')
    ? 'ERR_INVALID_HTTP_RESPONSE'
    : code.startsWith('ERR_SSL_')
      ? 'ERR_SSL_PROTOCOL_ERROR'
      : 'ERR_FAILED';
  return pacFetchFailed(known ?? guess, url, message, error);
}
