import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { app, net, netLog, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { useProgram } from './support/program.js';

const environment = useLab();
const program = useProgram(`
  import { app, netLog, session } from 'electron';
  const [, , file] = process.argv;
  app.whenReady().then(async () => {
    await netLog.startLogging(file + '-default');
    await session.fromPartition('other').netLog.startLogging(file + '-other');
    await session.defaultSession.resolveProxy('http://origin.test/');
    app.quit();
  });
`);
let folder: string;
let origin: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-session-log-'));
  origin = (await environment.lab.origin({ protocol: 'http' })).url;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The events of a log; throws for a file that is not complete. */
function eventsOf(file: string): { params: { url?: string } }[] {
  return JSON.parse(readFileSync(file, 'utf8')).events;
}

/** The paths of the requests in a log. */
function requestsIn(file: string): string[] {
  const { constants, events } = JSON.parse(readFileSync(file, 'utf8'));
  const begun = events.filter(
    ({ type, phase }: { type: number; phase: number }) =>
      type === constants.logEventTypes.REQUEST_ALIVE && phase === constants.logEventPhase.PHASE_BEGIN,
  );
  return begun.map(({ params }: { params: { url: string } }) => new URL(params.url).pathname);
}

const get = async (own: { fetch: typeof fetch }, path: string) => (await own.fetch(`${origin}${path}`)).text();

describe('the log of a session', () => {
  test('has the requests of this session from its beginning to its end, and not those of others', async () => {
    const [own, other] = [environment.session, session.fromPartition('not logged')];
    const file = join(folder, 'own.json');
    await get(own, '/echo/before');
    expect(own.netLog.currentlyLogging).toBe(false);
    await own.netLog.startLogging(file, { captureMode: 'everything' });
    expect([own.netLog.currentlyLogging, other.netLog.currentlyLogging]).toEqual([true, false]);
    await get(own, '/echo/own');
    await get(other, '/echo/other');
    await own.netLog.stopLogging();
    await get(own, '/echo/after');
    expect(own.netLog.currentlyLogging).toBe(false);
    expect(requestsIn(file)).toEqual(['/echo/own']);
    await other.closeAllConnections();
  });

  test('may be begun again, and beside that of another session', async () => {
    const [own, other] = [environment.session, session.fromPartition('logged too')];
    const files = [join(folder, 'one.json'), join(folder, 'two.json')] as const;
    await own.netLog.startLogging(files[0]);
    await own.netLog.stopLogging();
    await own.netLog.startLogging(files[0]);
    await other.netLog.startLogging(files[1]);
    await get(own, '/echo/own');
    await own.netLog.stopLogging();
    await get(other, '/echo/other');
    await other.netLog.stopLogging();
    expect(files.map(requestsIn)).toEqual([['/echo/own'], ['/echo/other']]);
    await other.closeAllConnections();
  });

  test('ends where its file is as large as it may get, and is complete', async () => {
    const own = environment.session;
    const file = join(folder, 'small.json');
    await own.netLog.startLogging(file);
    await own.netLog.stopLogging();
    const maxFileSize = readFileSync(file).length + 600;
    await own.netLog.startLogging(file, { maxFileSize });
    for (let i = 0; i < 10; i++) await get(own, `/echo/${i}`);
    expect(eventsOf(file).length).toBeGreaterThan(1);
    expect(readFileSync(file).length).toBeLessThanOrEqual(maxFileSize);
    expect(own.netLog.currentlyLogging).toBe(true);
    await own.netLog.stopLogging();
    expect(own.netLog.currentlyLogging).toBe(false);
  });

  test('is complete when the process ends without stopping it', async () => {
    const file = join(program.folder, 'log.json');
    await program.run(file);
    expect([eventsOf(`${file}-default`), eventsOf(`${file}-other`)]).toEqual([[], []]);
  });
});

describe('what cannot be logged', () => {
  const path = () => join(folder, 'never.json');

  test.each([
    ['an empty path', ['']],
    ['no path', [undefined]],
    ['a path that is none', [[]]],
  ])('%s', (_what, args) => {
    const start = environment.session.netLog.startLogging as (...args: unknown[]) => unknown;
    expect(() => start.apply(environment.session.netLog, args)).toThrow(
      new TypeError('The first parameter must be a valid string'),
    );
  });

  test('a mode that there is not', () => {
    const message = 'Invalid value for captureMode. Must be one of "default", "includeSensitive" or "everything"';
    const options = { captureMode: 'all' } as never;
    expect(() => environment.session.netLog.startLogging(path(), options)).toThrow(new TypeError(message));
  });

  test.each([-1, Number.NaN, '10'])('up to %s bytes', (size) => {
    const options = { maxFileSize: size as number };
    expect(() => environment.session.netLog.startLogging(path(), options)).toThrow(
      new TypeError('Invalid value for maxFileSize'),
    );
  });

  test('what is being logged', async () => {
    const { netLog: log } = environment.session;
    await log.startLogging(join(folder, 'once.json'));
    expect(() => log.startLogging(path())).toThrow(new TypeError('There is already a net log running'));
    await log.stopLogging();
    await expect(log.stopLogging()).rejects.toThrow(new Error('No net log in progress'));
  });

  test('where nothing can be written, after which another file may be', async () => {
    const { netLog: log } = environment.session;
    await expect(log.startLogging(join(folder, 'no', 'log.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(log.currentlyLogging).toBe(false);
    await log.startLogging(join(folder, 'yes.json'));
    await log.stopLogging();
  });
});

describe('netLog', () => {
  afterEach(() => vi.useRealTimers());
  beforeEach(() => app.whenReady());

  test('is the log of the default session', async () => {
    const file = join(folder, 'default.json');
    await netLog.startLogging(file);
    expect([netLog.currentlyLogging, session.defaultSession.netLog.currentlyLogging]).toEqual([true, true]);
    await expect(netLog.startLogging(file)).rejects.toThrow(new TypeError('There is already a net log running'));
    await get(net as never, '/echo/default');
    await netLog.stopLogging();
    await expect(netLog.stopLogging()).rejects.toThrow(new Error('No net log in progress'));
    expect(requestsIn(file)).toEqual(['/echo/default']);
    await session.defaultSession.closeAllConnections();
  });

  test('cannot be used before the app is ready', async () => {
    vi.resetModules();
    vi.useFakeTimers({ toFake: ['setImmediate'] });
    const { netLog: early } = await import('../src/index.js');
    const error = new Error('netLog module can only be used after app is ready');
    expect(early.currentlyLogging).toBe(false);
    await expect(early.startLogging('anywhere')).rejects.toThrow(error);
    await expect(early.stopLogging()).rejects.toThrow(error);
  });
});
