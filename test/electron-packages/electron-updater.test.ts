import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type electron, load, USER, useCorporateNetwork } from './corporate-network.js';

interface Updater {
  on(event: string, listener: (...args: never[]) => void): void;
  forceDevUpdateConfig: boolean;
  updateConfigPath: string;
  autoDownload: boolean;
  logger: unknown;
  requestHeaders: Record<string, string>;
  readonly netSession: typeof electron.session.defaultSession;
  checkForUpdates(): Promise<{ updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<string[]>;
}

const network = useCorporateNetwork();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-updater-'));
  // Where updates are kept until they are installed.
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('LOCALAPPDATA', folder);
  vi.stubEnv('APPIMAGE', join(folder, 'current.AppImage'));
  await writeFile(join(folder, 'current.AppImage'), 'old');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A server with an update, which it hands out behind a redirect. */
async function update(file: Buffer, sha512 = createHash('sha512').update(file).digest('base64')) {
  const asked: string[] = [];
  const url = await network.serve((request, response) => {
    asked.push(`${request.method} ${request.url?.replace(/\?.*/, '')} ${request.headers['x-own'] ?? ''}`);
    const manifest = `version: 9.0.0\nfiles:\n  - url: new.AppImage\n    sha512: ${sha512}\n    size: ${file.length}\npath: new.AppImage\nsha512: ${sha512}\n`;
    if (request.url?.startsWith('/latest')) response.end(manifest);
    else if (request.url === '/new.AppImage') response.writeHead(302, { location: '/files/new.AppImage' }).end();
    else response.writeHead(200, { 'content-length': file.length }).end(file);
  });
  return { url, asked };
}

async function updaterOf(url: string) {
  const { AppImageUpdater } = load('electron-updater') as { AppImageUpdater: new () => Updater };
  const updater = new AppImageUpdater();
  const logins = vi.fn();
  Object.assign(updater, {
    forceDevUpdateConfig: true,
    autoDownload: false,
    logger: null,
    disableDifferentialDownload: true,
  });
  const config = join(folder, 'app-update.yml');
  await writeFile(config, `provider: generic\nurl: ${url}\nupdaterCacheDirName: updates\n`);
  updater.updateConfigPath = config;
  updater.requestHeaders = { 'X-Own': 'field' };
  updater.on('login', ((info: unknown, callback: (user: string, password: string) => void) => {
    logins(info);
    callback(USER.username, USER.password);
  }) as never);
  updater.on('error', () => undefined);
  await network.enter(updater.netSession);
  return { updater, logins };
}

test('an update is found, downloaded behind a redirect, and checked, all through the proxy', async () => {
  const file = randomBytes(2_000_000);
  const { url, asked } = await update(file);
  const { updater, logins } = await updaterOf(url);
  const progress = vi.fn();
  updater.on('download-progress', progress as never);
  expect((await updater.checkForUpdates())?.updateInfo.version).toBe('9.0.0');
  const [downloaded] = (await updater.downloadUpdate()) as [string];
  expect((await readFile(downloaded)).equals(file)).toBe(true);
  expect(asked).toEqual([
    expect.stringMatching(/^GET \/latest.*\.yml field$/),
    'GET /new.AppImage field',
    'GET /files/new.AppImage field',
  ]);
  expect(logins).toHaveBeenCalledTimes(1);
  expect(logins).toHaveBeenCalledWith(expect.objectContaining({ isProxy: true, scheme: 'digest', realm: 'lab' }));
});

test('an update that is not what was announced is refused', async () => {
  const { url } = await update(randomBytes(1000), createHash('sha512').update('other').digest('base64'));
  const { updater } = await updaterOf(url);
  await updater.checkForUpdates();
  await expect(updater.downloadUpdate()).rejects.toThrow('sha512 checksum mismatch');
});

test('a server that is not there is an error with Chromium’s name', async () => {
  const { updater } = await updaterOf('http://nobody.invalid');
  const failed = once(updater as never, 'error');
  await updater.netSession.setProxy({ mode: 'direct' });
  await expect(updater.checkForUpdates()).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
  expect(String((await failed)[0])).toContain('net::ERR_NAME_NOT_RESOLVED');
});
