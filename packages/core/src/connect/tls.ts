import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type AuthTarget, CertificateError, isNetError, type NetErrorCode } from '@netloom/contracts';
import { certificateErrors, certificateFacts } from '../tls/certificate-check.js';
import { inheritCertificate, peerCertificate, peerChain } from '../tls/peer-certificate.js';
import type { TlsProfile } from '../tls/profile.js';
import { serverIdentityError } from '../tls/server-identity.js';
import type { Opening } from './opening.js';
import { PeerClosedError } from './socket-errors.js';

/** The peer of a TLS handshake. */
export interface TlsPeer {
  /** Host name or address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly target: AuthTarget;
  /** Protocols to offer by ALPN; none when empty. */
  readonly alpn: readonly string[];
}

/** What TLS is spoken with. */
export interface TlsFilterOptions {
  readonly profile: TlsProfile;
  /** Milliseconds for the handshake. */
  readonly tlsMs: number;
  /** Bytes that the socket buffers ahead of its reader. */
  readonly highWaterMark: number;
}

/**
 * Speaks TLS on a socket, which may itself be one of TLS, and checks the peer's certificate. Nothing is sent to the peer
 * before its certificate was accepted.
 *
 * @throws CertificateError when the certificate is refused (`ERR_PROXY_CERTIFICATE_INVALID` for a proxy, with the
 * particular error as its cause); NetError for a handshake that fails or takes too long.
 */
export async function secure(
  opening: Opening,
  below: Socket,
  peer: TlsPeer,
  options: TlsFilterOptions,
): Promise<TLSSocket> {
  const { profile, tlsMs, highWaterMark } = options;
  const stage = peer.target === 'proxy' ? 'proxy-tls' : 'origin-tls';
  const sessionKey = `${peer.host}:${peer.port}`;
  const secureContext = await opening.wait(profile.contextFor(sessionKey));
  if (below.destroyed) throw opening.socketError(below.errored ?? new PeerClosedError(), stage);
  const name = (profile.options.serverName ?? peer.host).replace(/\.$/, '');
  const session = profile.sessions.get(sessionKey);

  const connection: ConnectionOptions & { readonly highWaterMark: number } = {
    socket: below,
    host: name,
    secureContext,
    // the certificate is judged below, with all its faults and not only the first; nothing is sent until then
    rejectUnauthorized: false,
    checkServerIdentity: serverIdentityError,
    highWaterMark, // missing in the types
    ...(isIP(name) === 0 && { servername: name }),
    ...(peer.alpn.length > 0 && { ALPNProtocols: [...peer.alpn] }),
    ...(session !== undefined && { session: session.ticket }),
  };
  const socket = opening.own(connect(connection), below);
  let newest: Buffer | undefined;
  let errors: readonly NetErrorCode[] | undefined;
  const keep = (ticket: Buffer, found: readonly NetErrorCode[]) => {
    const chain = profile.options.verify === undefined ? [] : peerChain(socket);
    profile.sessions.set(sessionKey, { ticket, certificate: peerCertificate(socket), chain, errors: found });
  };
  // stays for the life of the socket: with TLS 1.3 tickets come after the handshake
  socket.on('session', (ticket) => {
    newest = ticket;
    if (errors !== undefined) keep(ticket, errors);
  });
  try {
    await opening.wait(handshake(socket), tlsMs, () =>
      opening.error(
        peer.target === 'proxy' ? 'ERR_PROXY_CONNECTION_FAILED' : 'ERR_TIMED_OUT',
        `no TLS handshake within ${tlsMs} ms`,
      ),
    );
    const resumed = socket.isSessionReused() ? session : undefined;
    if (resumed?.certificate !== undefined) inheritCertificate(socket, resumed.certificate, resumed.chain);
    errors = await judge(opening, socket, name, peer, profile, resumed?.errors);
  } catch (error) {
    profile.sessions.delete(sessionKey);
    if (opening.signal.aborted) throw error;
    const failure = opening.socketError(error, stage);
    throw profile.isAsked && failure.code === 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'
      ? opening.error(
          'ERR_SSL_CLIENT_AUTH_CERT_NEEDED',
          'the handshake failed, perhaps for want of a certificate',
          error,
        )
      : failure;
  }
  if (newest !== undefined) keep(newest, errors);
  return socket;
}

function handshake(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => settle(() => reject(new PeerClosedError()));
    const onError = (error: Error) => settle(() => reject(error));
    // Node calls from within OpenSSL, which does not survive that a refused certificate destroys the socket meanwhile.
    const onSecure = () => setImmediate(settle, resolve);
    const settle = (act: () => void) => {
      socket.off('close', onClose).off('error', onError).off('secureConnect', onSecure);
      act();
    };
    socket.on('close', onClose).on('error', onError).on('secureConnect', onSecure);
  });
}

/**
 * Accepts the certificate, or throws.
 *
 * @param known - what the check had against it when the session was made that is resumed
 * @returns what the check has against it.
 */
async function judge(
  opening: Opening,
  socket: TLSSocket,
  name: string,
  { host, port, target }: TlsPeer,
  profile: TlsProfile,
  known: readonly NetErrorCode[] | undefined,
): Promise<readonly NetErrorCode[]> {
  const { verify, dangerouslyAcceptAnyCertificate = false } = profile.options;
  if (verify === undefined && (socket.authorized || dangerouslyAcceptAnyCertificate)) return [];

  const check = async () => certificateErrors(socket, name, await opening.wait(profile.anchors()));
  const errors = known ?? (socket.authorized ? [] : await check());
  const certificate = certificateFacts(socket);
  const refuse = (code: NetErrorCode, detail: string, cause?: unknown) => {
    const error = new CertificateError(code, { ...opening.place, certificate, detail, cause });
    return target === 'server'
      ? error
      : new CertificateError('ERR_PROXY_CERTIFICATE_INVALID', { ...opening.place, certificate, detail, cause: error });
  };
  const [error] = errors;
  if (verify !== undefined && certificate !== undefined) {
    const chain = peerChain(socket).map((one) => one.toString());
    const verdict = await opening
      .wait(Promise.resolve().then(() => verify({ host, port, target, certificate, chain, error, errors })))
      .catch((cause: unknown) => {
        throw opening.signal.aborted || isNetError(cause) ? cause : refuse('ERR_CERT_INVALID', 'verify threw', cause);
      });
    if (verdict === true) return errors;
    if (verdict === false) throw refuse(error ?? 'ERR_CERT_INVALID', `refused by verify for ${name}`);
  }
  if (error !== undefined && !dangerouslyAcceptAnyCertificate) {
    throw refuse(error, `the certificate that ${name} shows: ${errors.join(', ')}`);
  }
  return errors;
}
