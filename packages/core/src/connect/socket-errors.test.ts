import { NetError } from '@netloom/contracts';
import { describe, expect, test } from 'vitest';
import { PeerClosedError, type SocketStage, socketError } from './socket-errors.js';

/** An error as Node makes it for a system call. */
function system(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });
}

const made = (code: string) => Object.assign(new Error(code), { code });

describe('the name of an error', () => {
  test.each<[SocketStage, Error, string]>([
    ['connect', system('ENOTFOUND'), 'ERR_NAME_NOT_RESOLVED'],
    ['connect', system('EAI_AGAIN'), 'ERR_NAME_NOT_RESOLVED'],
    ['connect', system('ECONNREFUSED'), 'ERR_CONNECTION_REFUSED'],
    ['connect', system('ECONNRESET'), 'ERR_CONNECTION_RESET'],
    ['connect', system('EHOSTUNREACH'), 'ERR_ADDRESS_UNREACHABLE'],
    ['connect', system('ENETUNREACH'), 'ERR_ADDRESS_UNREACHABLE'],
    ['connect', system('ETIMEDOUT'), 'ERR_CONNECTION_TIMED_OUT'],
    ['connect', system('EMFILE'), 'ERR_INSUFFICIENT_RESOURCES'],
    ['connect', system('EACCES'), 'ERR_NETWORK_ACCESS_DENIED'],
    ['connect', system('EWHATEVER'), 'ERR_CONNECTION_FAILED'],
    ['tunnel', new PeerClosedError(), 'ERR_EMPTY_RESPONSE'],
    ['tunnel', system('ECONNRESET'), 'ERR_CONNECTION_RESET'],
    ['tunnel', system('EPIPE'), 'ERR_CONNECTION_RESET'],
    ['socks', new PeerClosedError(), 'ERR_SOCKS_CONNECTION_FAILED'],
    ['socks', system('ECONNRESET'), 'ERR_SOCKS_CONNECTION_FAILED'],
    ['origin-tls', system('ECONNRESET'), 'ERR_CONNECTION_RESET'],
    ['origin-tls', made('ECONNRESET'), 'ERR_CONNECTION_CLOSED'],
    ['origin-tls', new PeerClosedError(), 'ERR_CONNECTION_CLOSED'],
    ['origin-tls', made('ERR_SSL_WRONG_VERSION_NUMBER'), 'ERR_SSL_PROTOCOL_ERROR'],
    ['origin-tls', made('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    ['origin-tls', made('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'), 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    ['origin-tls', made('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    ['origin-tls', made('ERR_SSL_NO_PROTOCOLS_AVAILABLE'), 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    ['origin-tls', made('ERR_OSSL_ASN1_WRONG_TAG'), 'ERR_SSL_PROTOCOL_ERROR'],
    ['origin-tls', made('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'ERR_BAD_SSL_CLIENT_AUTH_CERT'],
    ['origin-tls', made('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'ERR_BAD_SSL_CLIENT_AUTH_CERT'],
    ['transfer', made('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'ERR_SSL_CLIENT_AUTH_CERT_NEEDED'],
    ['transfer', made('ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), 'ERR_SSL_UNRECOGNIZED_NAME_ALERT'],
    ['transfer', made('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), 'ERR_SSL_PROTOCOL_ERROR'],
    ['transfer', system('ECONNABORTED'), 'ERR_CONNECTION_ABORTED'],
    ['transfer', new Error('?'), 'ERR_FAILED'],
  ])('%s: %s', (stage, error, code) => {
    const mapped = socketError(error, { stage });
    expect(mapped.code).toBe(code);
    expect(mapped.cause).toBe(error);
  });

  test('an EPROTO is known by its text', () => {
    const text =
      'write EPROTO 80DB:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../deps/rec.c:1605:SSL alert number 40\n';
    const error = Object.assign(new Error(text), { code: 'EPROTO', syscall: 'write' });
    expect(socketError(error, { stage: 'origin-tls' })).toMatchObject({
      code: 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH',
      detail: text.trim(),
    });
  });

  test('whatever keeps a proxy from being reached is one', () => {
    const proxy = 'http://proxy.test:3128';
    for (const error of [system('ENOTFOUND'), system('ECONNREFUSED'), system('ETIMEDOUT'), made('EWHATEVER')]) {
      expect(socketError(error, { stage: 'connect', proxy })).toMatchObject({
        code: 'ERR_PROXY_CONNECTION_FAILED',
        proxy,
      });
    }
    for (const error of [made('ERR_SSL_WRONG_VERSION_NUMBER'), system('ECONNRESET'), new PeerClosedError()]) {
      expect(socketError(error, { stage: 'proxy-tls', proxy }).code).toBe('ERR_PROXY_CONNECTION_FAILED');
    }
  });

  test('a NetError is left as it is', () => {
    const error = new NetError('ERR_ABORTED');
    expect(socketError(error, { stage: 'connect' })).toBe(error);
  });
});
