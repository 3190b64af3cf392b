import { fileURLToPath } from 'node:url';
import { startDaemon } from '../testbed/daemons.js';
import { FILES, PORTS } from '../testbed/layout.js';
import { TLS } from './certificates.js';

/** Starts the origin that checks channel bindings. The keytab must be there. */
export async function startAcceptor(): Promise<void> {
  const script = fileURLToPath(new URL('acceptor.py', import.meta.url));
  await startDaemon(
    'acceptor',
    ['/usr/bin/python3', script, String(PORTS.bindingAcceptor), TLS.web.cert, TLS.web.key],
    {
      env: { KRB5_CONFIG: FILES.krb5, KRB5_KTNAME: FILES.webKeytab, PYTHONDONTWRITEBYTECODE: '1' },
      ready: [`127.0.0.1:${PORTS.bindingAcceptor}`],
    },
  );
}
