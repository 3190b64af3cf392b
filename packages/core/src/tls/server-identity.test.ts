import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type PeerCertificate } from 'node:tls';
import { createLab } from '@netloom/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverIdentityError } from './server-identity.js';

let close: () => Promise<unknown>;
let certificate: PeerCertificate;

beforeAll(async () => {
  const lab = await createLab();
  const server = createServer(await lab.serverCertificate()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  certificate = socket.getPeerCertificate();
  socket.destroy();
  close = () => Promise.all([lab.close(), new Promise((closed) => server.close(closed))]);
});
afterAll(() => close());

test.each(['::1', '0:0:0:0:0:0:0:1', '127.0.0.1', 'web.corp.test', 'localhost'])('it is for %s', (name) => {
  expect(serverIdentityError(name, certificate)).toBeUndefined();
});

test.each(['::2', '2001:db8::8', '127.0.0.2', 'web.other.test'])('it is not for %s', (name) => {
  expect(serverIdentityError(name, certificate)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});
