import { describe, expect, it } from 'vitest';
import { DIRECT, type ProxyScheme } from './proxy.js';
import { isFallbackError } from './proxy-fallback.js';

const via = (scheme: ProxyScheme) => ({ proxy: { scheme, host: 'proxy.test', port: 1 } });

describe('isFallbackError', () => {
  it('moves on when the proxy cannot be reached, through a proxy or direct', () => {
    for (const route of [via('http'), via('socks5'), DIRECT]) {
      expect(isFallbackError('ERR_PROXY_CONNECTION_FAILED', route)).toBe(true);
      expect(isFallbackError('ERR_CONNECTION_REFUSED', route)).toBe(true);
    }
  });

  it('stays when the proxy answered, or the origin is at fault', () => {
    for (const code of [
      'ERR_TUNNEL_CONNECTION_FAILED',
      'ERR_PROXY_AUTH_UNSUPPORTED',
      'ERR_SOCKS_CONNECTION_HOST_UNREACHABLE',
      'ERR_CERT_AUTHORITY_INVALID',
      'ERR_ABORTED',
    ] as const) {
      expect(isFallbackError(code, via('http')), code).toBe(false);
    }
  });

  it('knows the errors of QUIC proxies', () => {
    expect(isFallbackError('ERR_QUIC_PROTOCOL_ERROR', via('quic'))).toBe(true);
    expect(isFallbackError('ERR_QUIC_PROTOCOL_ERROR', via('https'))).toBe(false);
    expect(isFallbackError('ERR_QUIC_PROTOCOL_ERROR', DIRECT)).toBe(false);
  });
});
