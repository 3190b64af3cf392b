import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { startDaemon } from '../testbed/daemons.js';
import { at, FILES, PORTS } from '../testbed/layout.js';
import { apacheConfig } from './apache-config.js';

/** Starts the origin `web.test`. The keytab must be there. */
export async function startApache(): Promise<void> {
  await mkdir(at('apache'), { recursive: true });
  await chmod(FILES.webKeytab, 0o644);
  const config = at('apache', 'httpd.conf');
  await writeFile(config, apacheConfig());
  await startDaemon('apache', ['apache2', '-d', '/usr/lib/apache2', '-f', config, '-D', 'FOREGROUND'], {
    // mod_auth_gssapi's own setting for the keytab would break its NTLM mechanism.
    env: { KRB5_CONFIG: FILES.krb5, KRB5_KTNAME: FILES.webKeytab },
    ready: [PORTS.apacheHttp, PORTS.apacheHttps, PORTS.apacheH2].map((port) => `127.0.0.1:${port}`),
  });
}
