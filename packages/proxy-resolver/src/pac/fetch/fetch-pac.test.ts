import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeHostResolver } from '../../dns/node-host-resolver.js';
import { fetchPac } from './fetch-pac.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const options = { hostResolver: nodeHostResolver };
const script = 'function FindProxyForURL() { return "DIRECT" }';

describe('fetchPac over http', () => {
  it('asks for a fresh copy and sends neither user info nor credentials', async () => {
    let headers: NodeJS.Dict<string | string[]> = {};
    const origin = await serve((request, response) => {
      headers = request.headers;
      response.end(script);
    });
    expect(await fetchPac(origin.replace('//', '//alice:secret@'), options)).toBe(script);
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'accept-encoding': 'gzip, deflate, br' });
    expect(headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('decodes %s', async (coding, compress) => {
    const origin = await serve((_, response) => {
      response.setHeader('content-encoding', coding);
      response.end(compress(script));
    });
    expect(await fetchPac(origin, options)).toBe(script);
  });

  it('follows redirects', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/new') response.end(script);
      else response.writeHead(302, { location: '/new' }).end();
    });
    expect(await fetchPac(`${origin}/old`, options)).toBe(script);
  });

  it.each([
    ['file:///etc/passwd', 'ERR_UNSAFE_REDIRECT'],
    ['data:,x', 'ERR_UNSAFE_REDIRECT'],
    ['http://[', 'ERR_INVALID_REDIRECT'],
    ['/again', 'ERR_TOO_MANY_REDIRECTS'],
  ])('refuses a redirect to %s', async (location, code) => {
    const origin = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code });
  });

  it.each([
    [401, 'ERR_NOT_IMPLEMENTED'],
    [204, 'ERR_HTTP_RESPONSE_CODE_FAILURE'],
    [206, 'ERR_HTTP_RESPONSE_CODE_FAILURE'],
    [302, 'ERR_HTTP_RESPONSE_CODE_FAILURE'],
  ])('refuses status %i', async (status, code) => {
    const origin = await serve((_, response) => response.writeHead(status).end());
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code });
  });

  it('stops a script that grows beyond 1 MiB when it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    const origin = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code: 'ERR_FILE_TOO_BIG' });
  });

  it.each([
    ['gzip', 'not gzip'],
    ['compress', 'x'],
  ])('refuses content coding %s that cannot be decoded', async (coding, body) => {
    const origin = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(body));
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code: 'ERR_CONTENT_DECODING_FAILED' });
  });

  it('reports a body that breaks off', async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code: 'ERR_CONNECTION_RESET' });
  });

  it('names the script without its secrets', async () => {
    const origin = await serve((_, response) => response.writeHead(404).end());
    const error = await fetchPac(`${origin.replace('//', '//alice:secret@')}/p.pac?token=secret`, options).catch(
      (e) => e,
    );
    expect(error.message).toContain('/p.pac: its server answered with status 404');
    expect(JSON.stringify(error) + error.stack).not.toContain('secret');
  });

  it('reports names that are not found and servers that are not there', async () => {
    const hostResolver = { lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) };
    await expect(fetchPac('http://none.test/', { hostResolver })).rejects.toMatchObject({
      code: 'ERR_NAME_NOT_RESOLVED',
    });
    const origin = await serve(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(fetchPac(origin, options)).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' });
  });

  it('can be aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const origin = await serve(() => controller.abort(reason));
    await expect(fetchPac(origin, { ...options, signal: controller.signal })).rejects.toBe(reason);
    await expect(fetchPac(origin, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('fetchPac from elsewhere', () => {
  it.each([
    ['data:,a%20b', 'a b'],
    ['data:text/plain;charset=utf-8,%C3%A9', 'é'],
    ['data:text/plain,%E9', 'é'],
    ['data:;base64,YSBi', 'a b'],
    ['data:;base64,YSBi%0A', 'a b'],
    ['data:,100%zz', '100%zz'],
    ['data:,a#b', 'a'],
  ])('reads %s', async (url, text) => {
    expect(await fetchPac(url, options)).toBe(text);
  });

  it.each([
    ['data:no comma', 'ERR_INVALID_URL'],
    ['data:;base64,***', 'ERR_INVALID_URL'],
    [`data:,${'x'.repeat(1024 * 1024 + 1)}`, 'ERR_FILE_TOO_BIG'],
    ['ftp://h/p.pac', 'ERR_DISALLOWED_URL_SCHEME'],
    ['javascript:1', 'ERR_DISALLOWED_URL_SCHEME'],
    ['proxy.pac', 'ERR_INVALID_URL'],
  ])('refuses %.30s', async (url, code) => {
    await expect(fetchPac(url, options)).rejects.toMatchObject({ code });
  });

  it('reads files only when told so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netloom-pac-'));
    const url = pathToFileURL(join(folder, 'proxy.pac')).href;
    await expect(fetchPac(url, options)).rejects.toThrow(/option allowFile/);
    await expect(fetchPac(url, { ...options, allowFile: true })).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await writeFile(new URL(url), script);
    expect(await fetchPac(url, { ...options, allowFile: true })).toBe(script);
    await writeFile(new URL(url), Buffer.alloc(1024 * 1024 + 1));
    await expect(fetchPac(url, { ...options, allowFile: true })).rejects.toMatchObject({ code: 'ERR_FILE_TOO_BIG' });
    await rm(folder, { recursive: true });
  });
});
