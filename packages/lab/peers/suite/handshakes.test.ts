import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at, FILES, PEOPLE, PORTS, REALM } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import type { HandshakesReport } from './programs/handshakes.js';

const COUNT = 10_000;
const TICKETS = `FILE:${at('handshakes.ccache')}`;
const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

it(
  `${COUNT} Kerberos handshakes leave neither memory nor handles behind`,
  () =>
    withPeers(['apache', 'samba'], async () => {
      const { username, password } = PEOPLE.proxy;
      const kinit = `echo '${password}' | kinit -c ${TICKETS} ${username}@${REALM}`;
      await run('sh', ['-c', kinit], { KRB5_CONFIG: FILES.krb5 });
      const url = `http://web.test:${PORTS.apacheHttp}/kerberos/`;
      const args = [program('run.mjs'), program('handshakes.ts'), String(COUNT), url, TICKETS];
      // Resolves when the program has ended, which it does by itself.
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ...args]);
      const { statuses, residentMiB, open } = JSON.parse(stdout) as HandshakesReport;
      expect(statuses).toEqual({ 200: COUNT });
      // Each handshake takes about 20 KiB of tokens and tickets: one in a hundred that stayed would show.
      expect(residentMiB.at(-1)! - residentMiB[2]!, residentMiB.join(' ')).toBeLessThan(10);
      expect(open).toEqual([]);
    }),
  300_000,
);
