import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type * as Facade from '@netloom/electron-net';
import { createLab, digestAuth, type HttpProxy, type Lab } from '@netloom/lab';
import { afterAll, beforeAll } from 'vitest';

/** Loads as the packages themselves do, so that they and the test have one `electron`. */
export const load = createRequire(import.meta.url);
export const electron = load('electron') as typeof Facade;
// Some look whether they are under Electron before they use it.
Object.defineProperty(process.versions, 'electron', { value: '45.0.0', configurable: true });

export const USER = { username: 'alice', password: 'wonderland' };

/** A lab with a proxy that everything has to go through, and that asks for credentials. */
export function useCorporateNetwork(): {
  readonly lab: Lab;
  readonly proxy: HttpProxy;
  /** A web server of the test's own; its URL. */
  serve(handler: RequestListener): Promise<string>;
  /** Sends a session's requests through the proxy. */
  enter(session: Facade.Session): Promise<void>;
  /** The same, and signs in for those who cannot be asked. */
  signIn(session: Facade.Session): Promise<void>;
} {
  let lab: Lab;
  let proxy: HttpProxy;
  const servers: ReturnType<typeof createServer>[] = [];
  beforeAll(async () => {
    lab = await createLab();
    proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
    await electron.app.whenReady();
  });
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await lab.close();
  });
  const enter = (session: Facade.Session) =>
    session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}`, proxyBypassRules: '<-loopback>' });
  return {
    get lab() {
      return lab;
    },
    get proxy() {
      return proxy;
    },
    async serve(handler) {
      const server = createServer(handler);
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    enter,
    async signIn(session) {
      await enter(session);
      const origin = await lab.origin({ protocol: 'http' });
      const request = electron.net.request({ url: `${origin.url}/echo`, session });
      request.on('login', (_info, callback) => callback(USER.username, USER.password));
      request.on('response', (response) => response.resume());
      await once(request.end(), 'close');
    },
  };
}
