import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at, FILES, PEOPLE, PORTS, REALM, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import type { DeadKdcReport } from './programs/dead-kdc.js';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const CHILD = fileURLToPath(new URL('../../../auth-kerberos/dist/gssapi-child.mjs', import.meta.url));
const TICKETS = `FILE:${at('dead-kdc.ccache')}`;
const KRB5 = at('dead-kdc.conf');
/** Where a KDC accepts connections and says nothing. */
const SILENT = { host: '127.0.0.66', port: 88 };
const EXITS_WITHIN_MS = 1_000;

describe('a KDC that does not answer', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer(() => undefined).listen(SILENT);
    await once(silent, 'listening');
    const { username, password } = PEOPLE.proxy;
    const kinit = `echo '${password}' | kinit -c ${TICKETS} ${username}@${REALM}`;
    await run('sh', ['-c', kinit], { KRB5_CONFIG: FILES.krb5 });
    await writeFile(
      KRB5,
      `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = ${SILENT.host}
  }
[domain_realm]
  .test = ${REALM}
`,
    );
  });
  afterAll(() => silent.close());

  it.each(['none', 'process'] as const)(
    '500 requests fail, files and names are read meanwhile (isolation: %s)',
    (isolation) =>
      withPeers(['squid-main'], async () => {
        const child = start(isolation);
        try {
          const { report, printedAt } = await reportOf(child);
          expect(report.errors).toEqual({ ERR_PROXY_AUTH_UNSUPPORTED: 500 });
          expect(report.answered.reads).toBeGreaterThan(100);
          expect(report.answered.lookups).toBeGreaterThan(100);
          if (isolation === 'none') return;
          if (child.exitCode === null) await once(child, 'exit');
          expect(child.exitCode).toBe(0);
          expect(performance.now() - printedAt).toBeLessThan(EXITS_WITHIN_MS);
        } finally {
          // In this process the call that hangs delays the end, as the README says.
          child.kill('SIGKILL');
        }
      }),
  );
});

function start(isolation: 'none' | 'process'): ChildProcess {
  const proxy = `http://proxy.test:${squidPort('main', 'http', 'negotiate')}`;
  const url = `https://web.test:${PORTS.apacheHttps}/none/`;
  const args = [program('run.mjs'), program('dead-kdc.ts'), isolation, proxy, url, TICKETS, CHILD];
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, KRB5_CONFIG: KRB5 },
  });
}

async function reportOf(child: ChildProcess): Promise<{ report: DeadKdcReport; printedAt: number }> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.endsWith('\n')) return { report: JSON.parse(text) as DeadKdcReport, printedAt: performance.now() };
  }
  throw new Error(`the program ended without a report: ${text}`);
}
