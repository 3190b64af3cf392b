import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { app, type Certificate } from '../src/index.js';
import { useLab } from './support/lab.js';
import { pkcs12 } from './support/pkcs12.js';

const environment = useLab();
const PASSWORD = 'wönderland';
let folder = '';
const ignore = () => undefined;
const importFile = (name: string, password = PASSWORD) =>
  new Promise<number>((resolve) => app.importCertificate({ certificate: join(folder, name), password }, resolve));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-certificates-'));
  for (const name of ['alice', 'bob']) {
    await writeFile(join(folder, name), pkcs12(await environment.lab.clientCertificate(name), PASSWORD));
  }
  const { cert } = await environment.lab.clientCertificate('alice');
  await writeFile(join(folder, 'without a key'), pkcs12({ cert }, PASSWORD));
  await writeFile(join(folder, 'text'), cert);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => void app.removeAllListeners('select-client-certificate'));

/** An origin that wants a certificate, and who it says the client is; else the error. */
async function setUp(requestClientCert: true | 'optional' = true, protocol: 'https' | 'h2' = 'https') {
  const origin = await environment.lab.origin({ protocol, cert: { requestClientCert } });
  const { session } = environment;
  session.setCertificateVerifyProc((_request, callback) => callback(0));
  const visit = () =>
    session
      .fetch(`${origin.url}/echo`)
      .then(async (response) => ((await response.json()) as { clientCertificate: string | null }).clientCertificate)
      .catch((error: Error) => error.message);
  return { origin, visit };
}

const NEEDED = 'net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED';

test.each<[string, unknown, unknown, RegExp]>([
  ['no options', undefined, ignore, /^Expected options to be an object$/],
  ['no path', { password: 'a' }, ignore, /`certificate` should be a string/],
  ['a password that is none', { certificate: 'a', password: 1 }, ignore, /`password` should be a string/],
  ['no callback', { certificate: 'a', password: 'b' }, undefined, /`callback` should be a function/],
])('importCertificate with %s throws', (_name, options, callback, message) => {
  expect(() => app.importCertificate(options as never, callback as never)).toThrow(message);
});

// In this order: what is imported stays for the process.
describe('a session', () => {
  test('has no certificate until one is imported, and then shows it where one is wanted', async () => {
    const listener = vi.fn();
    app.on('select-client-certificate', listener);
    const { visit } = await setUp();
    expect(await visit()).toBe(NEEDED);
    expect(listener).not.toHaveBeenCalled();
    expect(await importFile('alice')).toBe(0);
    expect(await visit()).toBe('alice');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['a file that is not there', 'nowhere', PASSWORD, -6],
    ['a folder', '', PASSWORD, -2],
    ['a wrong password', 'alice', 'rabbit', -701],
    ['a certificate without its key', 'without a key', PASSWORD, -702],
    ['what is no PKCS #12', 'text', PASSWORD, -708],
  ])('imports nothing from %s', async (_name, file, password, result) => {
    expect(await importFile(file, password)).toBe(result);
  });

  test('shows the first certificate when nobody decides, and asks nobody twice about an origin', async () => {
    expect(await importFile('bob')).toBe(0);
    expect(await importFile('bob')).toBe(0);
    const listener = vi.fn();
    app.on('select-client-certificate', listener);
    const { origin, visit } = await setUp();
    expect(await visit()).toBe('alice');
    await environment.session.closeAllConnections();
    expect(await visit()).toBe('alice');
    expect(listener).toHaveBeenCalledTimes(1);
    const [event, webContents, url, list, callback] = listener.mock.calls[0] as unknown[];
    expect(event).toMatchObject({ defaultPrevented: false });
    expect([webContents, url, typeof callback]).toEqual([null, `localhost:${origin.port}`, 'function']);
    expect((list as Certificate[]).map(({ subjectName, issuerName }) => [subjectName, issuerName])).toEqual([
      ['alice', 'Lab CA'],
      ['bob', 'Lab CA'],
    ]);
    expect((list as Certificate[])[0]?.data).toContain('BEGIN CERTIFICATE');
    expect(JSON.stringify(list)).not.toContain('PRIVATE KEY');
  });

  test.each(['https', 'h2'] as const)('shows the one that the listener chooses, later too (%s)', async (protocol) => {
    app.on('select-client-certificate', (event, _webContents, _url, list, callback) => {
      event.preventDefault();
      setImmediate(callback, { ...(list[1] as Certificate) });
    });
    const { visit } = await setUp(true, protocol);
    expect(await visit()).toBe('bob');
  });

  test.each<[string, unknown[]]>([
    ['nothing', []],
    ['null', [null]],
  ])('shows none when the listener calls back with %s', async (_name, answer) => {
    app.on('select-client-certificate', (event, _webContents, _url, _list, callback) => {
      event.preventDefault();
      (callback as (...args: unknown[]) => void)(...answer);
    });
    const { visit } = await setUp();
    expect(await visit()).toBe(NEEDED);
  });

  test('tells the listener of a certificate that is none of the list, and shows none', async () => {
    const thrown = vi.fn();
    app.on('select-client-certificate', (event, _webContents, _url, _list, callback) => {
      event.preventDefault();
      try {
        callback({ data: 'mine' } as Certificate);
      } catch (error) {
        thrown((error as Error).message);
      }
    });
    const { visit } = await setUp();
    expect(await visit()).toBe(NEEDED);
    expect(thrown.mock.calls).toEqual([[expect.stringMatching(/^Must pass valid certificate object/)]]);
  });

  test('is not asked where an origin does without', async () => {
    const listener = vi.fn();
    app.on('select-client-certificate', listener);
    const { visit } = await setUp('optional');
    expect(await visit()).toBeNull();
    expect(listener).not.toHaveBeenCalled();
  });
});
