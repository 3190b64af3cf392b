import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

const certificates = new WeakMap<TLSSocket, X509Certificate>();
const chains = new WeakMap<TLSSocket, readonly X509Certificate[]>();

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

/**
 * The peer's certificate and those of its issuers, as far as they are known, on a resumed session too; empty where it
 * showed none.
 */
export function peerChain(socket: TLSSocket): readonly X509Certificate[] {
  const known = chains.get(socket);
  if (known !== undefined) return known;
  const raw = socket.getPeerCertificate(true) as DetailedPeerCertificate | null;
  const chain = raw === null ? [] : chainOf(raw);
  chains.set(socket, chain);
  return chain;
}

/** From the peer's own certificate to its authority, as far as OpenSSL found issuers. */
export function chainOf(certificate: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<DetailedPeerCertificate>();
  for (let at: DetailedPeerCertificate | undefined = certificate; at?.raw !== undefined; at = at.issuerCertificate) {
    if (seen.has(at)) break;
    seen.add(at);
    chain.push(new X509Certificate(at.raw));
  }
  return chain;
}

/** Tells what the peer showed when the session was made that the socket has resumed. Node does not know it. */
export function inheritCertificate(
  socket: TLSSocket,
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
): void {
  certificates.set(socket, certificate);
  chains.set(socket, chain);
}
