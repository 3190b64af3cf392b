import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basicAuth } from '@netloom/lab';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { net, session } from '../src/index.js';
import { NetLogFile } from '../src/log/net-log-file.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Log {
  constants: Record<string, Record<string, number>>;
  events: { type: number; phase: number; time: string; source: { id: number; type: number }; params: object }[];
}

/** A session that logs, and what is in the log after some work with it. */
async function logged(work: (own: ReturnType<typeof session.fromPartition>) => Promise<unknown>) {
  const own = session.fromPartition(`logged ${folder}`);
  const file = join(folder, 'log.json');
  const log = new NetLogFile(file, { program: { name: 'Program', version: '1.2.3' } });
  await work(own);
  await own.closeAllConnections();
  log.close();
  const text = readFileSync(file, 'utf8');
  const { constants, events } = JSON.parse(text) as Log;
  const nameOf = (table: string, value: number) =>
    Object.entries(constants[table] as object).find(([, number]) => number === value)?.[0];
  return {
    text,
    constants,
    events: events.map(({ type, phase, params }) => ({
      name: `${nameOf('logEventTypes', type)} ${nameOf('logEventPhase', phase)}`,
      params,
    })),
  };
}

describe('the net log', () => {
  test('tells what happened, and no secret', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const dead = await environment.lab.deadPort();
    const { text, constants, events } = await logged(async (own) => {
      const proxyRules = `127.0.0.1:${dead},127.0.0.1:${proxy.port}`;
      await own.setProxy({ proxyRules, proxyBypassRules: '<-loopback>' });
      const url = `${origin.url.replace('//', '//alice:wonderland@')}/echo?token=hush`;
      const request = net.request({ url, session: own, headers: { 'X-Key': 'hush', Cookie: 'a=hush' } });
      request.on('login', (_info, callback) => callback('alice', 'wonderland'));
      expect((await answer(request, 'hush')).response.statusCode).toBe(200);
    });
    expect(constants.clientInfo).toMatchObject({ name: 'Program', version: '1.2.3' });
    expect(events.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'REQUEST_ALIVE PHASE_BEGIN',
        'PROXY_RESOLUTION_SERVICE_RESOLVED_PROXY_LIST PHASE_NONE',
        'PROXY_LIST_FALLBACK PHASE_NONE',
        'SOCKET_ALIVE PHASE_BEGIN',
        'AUTH_HANDLE_CHALLENGE PHASE_NONE',
        'AUTH_GENERATE_TOKEN PHASE_NONE',
        'REQUEST_ALIVE PHASE_END',
        'SOCKET_ALIVE PHASE_END',
      ]),
    );
    const end = events.find(({ name }) => name === 'REQUEST_ALIVE PHASE_END');
    expect(end?.params).toEqual({ method: 'GET', url: `${origin.url}/echo?…`, response_code: 200 });
    for (const secret of ['hush', 'wonderland', 'YWxpY2U6']) expect(text).not.toContain(secret);
  });

  test('tells of redirects and errors', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const dead = `http://127.0.0.1:${await environment.lab.deadPort()}/`;
    const { events } = await logged(async (own) => {
      await (await own.fetch(`${origin.url}/redirect?to=/echo`)).text();
      await own.fetch(dead).catch(() => undefined);
    });
    expect(events.filter(({ name }) => name.startsWith('URL_REQUEST_REDIRECTED'))).toMatchObject([
      { params: { url: `${origin.url}/redirect?…`, location: `${origin.url}/echo`, response_code: 302 } },
    ]);
    expect(events.map(({ params }) => params)).toContainEqual({ method: 'GET', url: dead, net_error: -102 });
  });

  test('is whole when the program ends, which it does by itself', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const file = join(folder, 'log.json');
    const program = join(folder, 'program.mjs');
    const root = new URL('../../../', import.meta.url);
    writeFileSync(
      program,
      `import { runnerImport } from ${JSON.stringify(new URL('node_modules/vite/dist/node/index.js', root).href)};
       const root = ${JSON.stringify(root.pathname)};
       const options = { configFile: false, root, logLevel: 'error' };
       const { module: vitest } = await runnerImport(root + 'vitest.config.ts', options);
       await runnerImport(${JSON.stringify(join(folder, 'main.ts'))}, { ...options, resolve: vitest.default.resolve });`,
    );
    writeFileSync(
      join(folder, 'main.ts'),
      `import { app, net } from '@netloom/electron-net';
       await app.whenReady();
       await (await net.fetch('${origin.url}/echo')).text();`,
    );
    const child = spawn(process.execPath, [program, `--log-net-log=${file}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    const { events } = JSON.parse(readFileSync(file, 'utf8')) as Log;
    expect(events.length).toBeGreaterThan(3);
  });

  test('that cannot be written is an error', () => {
    expect(() => new NetLogFile(join(folder, 'no', 'log.json'), { program: { name: '', version: '' } })).toThrow(
      'ENOENT',
    );
  });
});
