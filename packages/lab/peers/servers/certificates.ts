import { mkdir, writeFile } from 'node:fs/promises';
import { CertificateAuthority } from '../../src/pki/authority.js';
import { run } from '../testbed/daemons.js';
import { at, FILES } from '../testbed/layout.js';

/** Certificates that the peers serve. */
export const TLS = {
  proxy: { cert: at('tls', 'proxy.pem'), key: at('tls', 'proxy.key') },
  web: { cert: at('tls', 'web.pem'), key: at('tls', 'web.key') },
  /** Certificate and key of the inspecting Squid's CA, in one file. */
  inspectingCaWithKey: at('tls', 'inspecting-ca-with-key.pem'),
} as const;

/** Makes a CA, a certificate each for `proxy.test` and `web.test`, and the CA of the inspecting Squid. */
export async function writeCertificates(): Promise<void> {
  await mkdir(at('tls'));
  const authority = await CertificateAuthority.create('Testbed CA');
  await writeFile(FILES.ca, authority.cert);
  for (const name of ['proxy', 'web'] as const) {
    const { cert, key } = await authority.issue({ commonName: `${name}.test`, names: [`${name}.test`] });
    await Promise.all([writeFile(TLS[name].cert, cert), writeFile(TLS[name].key, key)]);
  }

  const subject = ['-subj', '/CN=Inspecting Squid', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const key = at('tls', 'inspecting-ca.key');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-keyout', key, '-out', FILES.inspectingCa],
    ...subject,
  ]);
  await run('sh', ['-c', `cat ${FILES.inspectingCa} ${key} > ${TLS.inspectingCaWithKey}`]);
}
