import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { electron, load, useCorporateNetwork } from './corporate-network.js';

const network = useCorporateNetwork();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-extensions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An extension as the store packs it: a head, then an archive. */
async function packedExtension(): Promise<Buffer> {
  const JSZip = load('jszip') as new () => {
    file(name: string, text: string): void;
    generateAsync(options: object): Promise<Buffer>;
  };
  const archive = new JSZip();
  archive.file('manifest.json', JSON.stringify({ name: 'Extension' }));
  const head = Buffer.alloc(12);
  head.write('Cr24');
  head.writeUInt32LE(3, 4);
  return Buffer.concat([head, await archive.generateAsync({ type: 'nodebuffer' })]);
}

test('an extension is downloaded from its store, through a tunnel of the proxy and behind a redirect', async () => {
  const extension = await packedExtension();
  const { key, cert } = await network.lab.serverCertificate();
  const server = createServer({ key, cert }, (request, response) => {
    if (request.url?.startsWith('/service')) response.writeHead(302, { location: '/files/extension.crx' }).end();
    else response.end(extension);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  // The store, as far as this program is concerned.
  electron.app.commandLine.appendSwitch('host-rules', `MAP clients2.google.com:443 127.0.0.1:${port}`);
  electron.app.setPath('userData', folder);
  const session = electron.session.defaultSession;
  session.setCertificateVerifyProc((_request, callback) => callback(0));
  await network.signIn(session);
  const { downloadChromeExtension } = load('electron-devtools-installer/dist/downloadChromeExtension') as {
    downloadChromeExtension(id: string, options: { attempts: number }): Promise<string>;
  };
  const installed = await downloadChromeExtension('abcdef', { attempts: 1 });
  expect(JSON.parse(await readFile(join(installed, 'manifest.json'), 'utf8'))).toEqual({ name: 'Extension' });
  expect(network.proxy.stats.tunnels).toBeGreaterThan(0);
  server.closeAllConnections();
  server.close();
});
