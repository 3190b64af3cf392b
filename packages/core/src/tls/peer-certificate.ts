import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

const certificates = new WeakMap<TLSSocket, X509Certificate>();

/**
 * The certificate of a socket's peer, on a resumed session too; undefined where it showed none.
 *
 * `getPeerX509Certificate()` is of no use here: on the client's side every call takes the first certificate off the
 * connection's chain, so that the next one finds the issuer's.
 */
export function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  const known = certificates.get(socket);
  if (known !== undefined) return known;
  // An empty object where there is none, null on a destroyed socket, whatever the types say.
  const raw = (socket.getPeerCertificate() as { raw?: Buffer } | null)?.raw;
  if (raw === undefined) return undefined;
  const certificate = new X509Certificate(raw);
  certificates.set(socket, certificate);
  return certificate;
}

/** Tells which certificate the peer showed when the session was made that the socket has resumed. Node does not know it. */
export function inheritCertificate(socket: TLSSocket, certificate: X509Certificate): void {
  certificates.set(socket, certificate);
}
