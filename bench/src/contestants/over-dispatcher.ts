import type { Readable } from 'node:stream';
import type { Dispatcher, fetch } from 'undici';
import { bodyOf, countBytes, countFetched } from './bodies.js';
import type { Opened } from './contestant.js';

type Operations = Omit<Opened, 'close'>;
type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'body'>;

interface Upload {
  readonly method: 'POST';
  readonly body: Readable;
  readonly headers: Record<string, string>;
}

/** What `undici.request` and those that are made like it do. */
export function byRequest(ask: (url: string, options?: Upload) => Promise<Answer>): Operations {
  return {
    async get(url) {
      const { statusCode, body } = await ask(url);
      await body.dump();
      return statusCode;
    },
    download: async (url) => countBytes((await ask(url)).body),
    async upload(url, bytes) {
      const headers = { 'content-length': String(bytes) };
      const { statusCode, body } = await ask(url, { method: 'POST', body: bodyOf(bytes), headers });
      await body.dump();
      return statusCode;
    },
    json: async (url) => (await ask(url)).body.json(),
  };
}

/** What `fetch` does, ours, undici's and Node's. */
export function byFetch(
  ask: (url: string, init?: Parameters<typeof fetch>[1]) => ReturnType<typeof fetch>,
): Operations {
  return {
    async get(url) {
      const response = await ask(url);
      await response.arrayBuffer();
      return response.status;
    },
    download: async (url) => countFetched((await ask(url)).body),
    async upload(url, bytes) {
      const headers = { 'content-length': String(bytes) };
      const response = await ask(url, { method: 'POST', body: bodyOf(bytes), headers, duplex: 'half' });
      await response.arrayBuffer();
      return response.status;
    },
    json: async (url) => (await ask(url)).json(),
  };
}

/** What `dispatch` does: the least that undici can be asked for. */
export function byDispatch(
  dispatch: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => unknown,
): Operations {
  const ask = (url: string, more: Partial<Dispatcher.DispatchOptions>) =>
    new Promise<{ status: number; bytes: number }>((resolve, reject) => {
      const { origin, pathname, search } = new URL(url);
      let status = 0;
      let bytes = 0;
      dispatch(
        { origin, path: pathname + search, method: 'GET', ...more },
        {
          onRequestStart: () => undefined,
          onResponseStart(_controller, statusCode) {
            status = statusCode;
          },
          onResponseData(_controller, chunk) {
            bytes += chunk.length;
          },
          onResponseEnd: () => resolve({ status, bytes }),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  return {
    get: async (url) => (await ask(url, {})).status,
    download: async (url) => (await ask(url, {})).bytes,
    async upload(url, bytes) {
      const headers = { 'content-length': String(bytes) };
      return (await ask(url, { method: 'POST', body: bodyOf(bytes), headers })).status;
    },
  };
}
