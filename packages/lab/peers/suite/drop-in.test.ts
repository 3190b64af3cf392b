import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at, FILES, PEOPLE, PORTS, REALM, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import { squidRequests } from './logs/squid.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const EXAMPLE = path('../../../../examples/electron-drop-in/');
const TICKETS = `FILE:${at('drop-in.ccache')}`;
const ORIGINS = [
  ['http', `http://web.test:${PORTS.apacheHttp}/none/`],
  ['https', `https://web.test:${PORTS.apacheHttps}/none/`],
] as const;

/** What the example prints, as it is built and installed; it has to end by itself. */
async function runExample(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const preload = ['--require', path('programs/answer-login.cjs')];
  const child = spawn(process.execPath, [...preload, `${EXAMPLE}${program}`, ...args], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: FILES.ca, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect([child.exitCode, errors]).toEqual([0, '']);
  return output;
}

describe.each(['main.cjs', 'main.mjs'])('the example that is written for Electron, %s', (program) => {
  let web: Server;
  beforeAll(async () => {
    const { username, password } = PEOPLE.proxy;
    const kinit = `echo '${password}' | kinit -c ${TICKETS} ${username}@${REALM}`;
    await run('sh', ['-c', kinit], { KRB5_CONFIG: FILES.krb5 });
    const proxy = `PROXY proxy.test:${squidPort('main', 'http', 'ntlm')}`;
    web = createServer((_request, response) => response.end(`function FindProxyForURL() { return '${proxy}'; }`));
    await once(web.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => web.close());

  it.each(ORIGINS)('goes through an NTLM proxy that a PAC script chooses, to %s', (_, url) =>
    withPeers(['squid-main', 'samba', 'apache'], async () => {
      const log = squidRequests('main');
      await log.mark();
      const pac = `http://127.0.0.1:${(web.address() as AddressInfo).port}/proxy.pac`;
      const { username, password } = PEOPLE.proxy;
      const output = await runExample(program, [url, `--proxy-pac-url=${pac}`], {
        PEERS_USERNAME: username,
        PEERS_PASSWORD: password,
      });
      expect(output).toMatch(/^LOGIN\nSTATUS: 200\nHEADERS: \{.*\}\nBODY: .*\nNo more data in response\.\n$/s);
      await log.flush();
      expect(new Set((await log.read()).map(({ port }) => port))).toEqual(new Set([squidPort('main', 'http', 'ntlm')]));
    }),
  );

  it.each(ORIGINS)('goes through a Kerberos proxy with the ticket of who is logged in, to %s', (_, url) =>
    withPeers(['squid-main', 'samba', 'apache'], async () => {
      const port = squidPort('main', 'http', 'negotiate');
      const log = squidRequests('main');
      await log.mark();
      const output = await runExample(program, [url, `--proxy-server=proxy.test:${port}`], { KRB5CCNAME: TICKETS });
      expect(output).toMatch(/^STATUS: 200\nHEADERS: \{.*\}\nBODY: .*\nNo more data in response\.\n$/s);
      await log.flush();
      expect(new Set((await log.read()).map((entry) => entry.port))).toEqual(new Set([port]));
    }),
  );
});
