import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { app, type ClientRequest, type IncomingMessage, net, session } from '@netloom/electron-net';
import type { fetch as undiciFetch } from 'undici';
import { bodyOf, countBytes } from './bodies.js';
import { NotHere, type Open, type Setting, without } from './contestant.js';
import { byFetch } from './over-dispatcher.js';

async function ready(setting: Setting): Promise<void> {
  without(setting, 'pac');
  if (setting.signIn?.scheme === 'negotiate' && process.platform !== 'win32') {
    throw new NotHere('outside of Windows, Negotiate signs in the logged-in user and nobody else, as in Chromium');
  }
  const { proxy: proxyRules } = setting;
  await app.whenReady();
  // Everything is on loopback here, which otherwise goes past proxies.
  await session.defaultSession.setProxy(
    proxyRules ? { proxyRules, proxyBypassRules: '<-loopback>' } : { mode: 'direct' },
  );
}

const close = () => session.defaultSession.closeAllConnections();

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
}

export const request: Open = async (setting) => {
  await ready(setting);
  const { signIn } = setting;
  const ask = (url: string) => {
    const asked = net.request(url);
    if (signIn) asked.once('login', (_info, callback) => callback(signIn.username, signIn.password));
    const response = responseTo(asked);
    asked.end();
    return response;
  };
  return {
    async get(url) {
      const response = await ask(url);
      await countBytes(response);
      return response.statusCode;
    },
    download: async (url) => countBytes(await ask(url)),
    async upload(url, bytes) {
      const asked = net.request({ url, method: 'POST' });
      // Its length is not for a program to say, and without this all of it would be kept before it is sent.
      asked.chunkedEncoding = true;
      const answered = responseTo(asked);
      await pipeline(bodyOf(bytes), asked);
      const response = await answered;
      response.resume();
      await once(response, 'end');
      return response.statusCode;
    },
    async json(url) {
      const response = await ask(url);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await once(response, 'end');
      return JSON.parse(text);
    },
    close,
  };
};

export const fetch: Open = async (setting) => {
  without(setting, 'signIn');
  await ready(setting);
  // Its types are those of the built-in fetch, which has the shape of undici's.
  const operations = byFetch(net.fetch as unknown as typeof undiciFetch);
  return {
    ...operations,
    async upload(url, bytes) {
      const response = await net.fetch(url, { method: 'POST', body: Readable.toWeb(bodyOf(bytes)) as ReadableStream });
      await response.arrayBuffer();
      return response.status;
    },
    close,
  };
};
