import type { TLSSocket } from 'node:tls';
import { createLab, type Lab, type Origin } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, labConnector, opening } from '../../test/support/connecting.js';
import type { CertificateCheck, TlsOptions } from '../tls/options.js';

let lab: Lab;
let origin: Origin;
beforeAll(async () => {
  lab = await createLab();
  origin = await lab.origin({ protocol: 'https' });
});
afterAll(() => lab.close());

/** Opens connections one after the other, so that each can resume the session of the one before. */
async function openInTurn(count: number, tls: TlsOptions) {
  const connector = labConnector(lab, { tls: { origin: tls, proxy: {} } });
  const opened = [];
  for (let i = 0; i < count; i++) {
    const { socket, auth } = await connector.open(opening(origin.url));
    opened.push({ resumed: (socket as TLSSocket).isSessionReused(), binding: auth.channelBinding('server') });
    await get(socket);
  }
  return opened;
}

// Node shows no certificate of the peer on a resumed session.
describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a resumed session of %s', (maxVersion) => {
  const trusting = () => ({ trust: 'none', ca: lab.ca.cert, maxVersion }) as const;

  it('has the channel binding of the first one', async () => {
    const [first, ...later] = await openInTurn(3, trusting());
    expect(first).toMatchObject({ resumed: false, binding: { type: 'tls-server-end-point' } });
    expect(later).toEqual(Array(2).fill({ resumed: true, binding: first!.binding }));
  });

  it('has its certificate judged like the first one', async () => {
    const checks: CertificateCheck[] = [];
    const verify = (check: CertificateCheck) => {
      checks.push(check);
      return checks.length < 3;
    };
    await expect(openInTurn(3, { ...trusting(), verify })).rejects.toMatchObject({ code: 'ERR_CERT_INVALID' });
    expect(checks).toEqual(Array(3).fill(checks[0]));
  });

  it('is not made where the certificate is refused', async () => {
    const verify = () => false;
    for (let i = 0; i < 2; i++) {
      await expect(openInTurn(1, { ...trusting(), verify })).rejects.toMatchObject({ code: 'ERR_CERT_INVALID' });
    }
  });

  it('is objected to as the first one was', async () => {
    const errors: (readonly string[])[] = [];
    const verify = (check: CertificateCheck) => errors.push(check.errors) > 0;
    const opened = await openInTurn(2, { trust: 'bundled', maxVersion, verify });
    expect(opened.map(({ resumed }) => resumed)).toEqual([false, true]);
    expect(errors).toEqual(Array(2).fill(['ERR_CERT_AUTHORITY_INVALID']));
  });
});
