import type { Socket } from 'node:net';
import { type Clock, describeProxy, type HostResolver, type ProxyServer } from '@netloom/contracts';
import type { TlsOptions } from '../tls/options.js';
import { TlsProfile } from '../tls/profile.js';
import { ConnectionAuth } from './connection-auth.js';
import { FirstContact } from './first-contact.js';
import { Opening } from './opening.js';
import { AddressRefused, socksHosts } from './socks.js';
import { connectSocks4 } from './socks4.js';
import { connectSocks5 } from './socks5.js';
import { connectTcp } from './tcp.js';
import { secure } from './tls.js';
import { openTunnel } from './tunnel.js';
import { authority } from './tunnel-head.js';
import type { Connector, OpenedConnection, OpenOptions } from './types.js';

/** Time limits of opening a connection, in milliseconds; the defaults are Chromium's. */
export interface ConnectTimeouts {
  /** Name look-up and TCP together, to the origin or the proxy. Default 240 000. */
  readonly connectMs?: number | undefined;
  /** Each TLS handshake. Default 30 000. */
  readonly tlsMs?: number | undefined;
  /** Each CONNECT and its answer, or the SOCKS handshake. Not running while sign-in asks somebody. Default 30 000. */
  readonly tunnelMs?: number | undefined;
}

/** How a {@link Connector} opens connections. */
export interface ConnectorOptions {
  readonly hostResolver: HostResolver;
  readonly clock: Clock;
  readonly timeouts?: ConnectTimeouts | undefined;
  /** TLS with origins and with HTTPS proxies, each on its own. */
  readonly tls?: { readonly origin?: TlsOptions | undefined; readonly proxy?: TlsOptions | undefined } | undefined;
  /** Bytes that a socket buffers ahead of its reader. Default 262 144. */
  readonly highWaterMark?: number | undefined;
}

const DEFAULT_TIMEOUTS = { connectMs: 240_000, tlsMs: 30_000, tunnelMs: 30_000 };
/** What a timer of Node can hold. */
const MAX_TIMEOUT = 2 ** 31 - 1;
const DEFAULT_HIGH_WATER_MARK = 256 * 1024;

/**
 * Opens connections by filters, each from what is below it to a socket:
 *
 * TCP → TLS to the proxy → CONNECT or SOCKS → TLS to the origin
 *
 * @throws TypeError for options that cannot be used.
 */
export function createConnector(options: ConnectorOptions): Connector {
  const { hostResolver, clock, tls = {}, highWaterMark = DEFAULT_HIGH_WATER_MARK } = options;
  if (!Number.isInteger(highWaterMark) || highWaterMark < 1) {
    throw new TypeError('highWaterMark must be a positive number of bytes');
  }
  const { connectMs, tlsMs, tunnelMs } = timeLimits(options.timeouts);
  const profiles = {
    server: new TlsProfile(tls.origin ?? {}, 'tls.origin'),
    proxy: new TlsProfile(tls.proxy ?? {}, 'tls.proxy'),
  };
  const oneShotProxies = new Set<string>();
  const firstContact = new FirstContact();

  async function tcp(opening: Opening, { host, port }: { readonly host: string; readonly port: number }) {
    try {
      return await opening.wait(connectTcp(opening, { host, port, hostResolver, highWaterMark }), connectMs, () =>
        Object.assign(new Error(`no connection within ${connectMs} ms`), { code: 'ETIMEDOUT' }),
      );
    } catch (error) {
      throw opening.signal.aborted ? error : opening.socketError(error, 'connect');
    }
  }

  function toProxy(opening: Opening, proxy: ProxyServer): Promise<Socket> {
    const connect = () => connectProxy(opening, proxy);
    return firstContact.reach(describeProxy(proxy), opening.signal, connect, (attempt) => opening.wait(attempt));
  }

  async function connectProxy(opening: Opening, proxy: ProxyServer): Promise<Socket> {
    if (proxy.scheme !== 'https') return tcp(opening, proxy);
    profiles.proxy.prepare();
    const socket = await tcp(opening, proxy);
    const peer = { host: proxy.host, port: proxy.port, target: 'proxy', alpn: ['http/1.1'] } as const;
    return secure(opening, socket, peer, { profile: profiles.proxy, tlsMs, highWaterMark });
  }

  /** Asks for one address of the destination after the other where the client knows several. */
  async function throughSocks(opening: Opening, proxy: ProxyServer, { destination }: OpenOptions): Promise<Socket> {
    const { port } = destination;
    const connect = proxy.scheme === 'socks5' ? connectSocks5 : connectSocks4;
    const hosts = await opening.wait(socksHosts(opening, proxy, destination, hostResolver), connectMs, () =>
      opening.error('ERR_TIMED_OUT', `${destination.host} was not found within ${connectMs} ms`),
    );
    for (let i = 0; ; i += 1) {
      const socket = await toProxy(opening, proxy);
      try {
        await opening.wait(connect(opening, socket, { proxy, host: hosts[i] as string, port }), tunnelMs, () =>
          opening.error('ERR_TIMED_OUT', `no SOCKS handshake within ${tunnelMs} ms`),
        );
        return socket;
      } catch (error) {
        if (opening.signal.aborted) throw error;
        const isLast = i === hosts.length - 1 || !((error as Error).cause instanceof AddressRefused);
        if (isLast) throw opening.socketError(error, 'socks');
        opening.drop(socket);
      }
    }
  }

  /** The socket on which the origin is spoken to, or the proxy itself where there is no tunnel. */
  async function reach(opening: Opening, request: OpenOptions): Promise<{ socket: Socket; auth: ConnectionAuth }> {
    const { proxy } = request.route;
    if (proxy === undefined) {
      return { socket: await tcp(opening, request.destination), auth: new ConnectionAuth(undefined) };
    }
    if (proxy.scheme === 'quic') throw opening.error('ERR_NO_SUPPORTED_PROXIES', 'QUIC proxies are not supported');
    if (proxy.scheme.startsWith('socks')) {
      return { socket: await throughSocks(opening, proxy, request), auth: new ConnectionAuth(undefined) };
    }
    if (request.tunnel) {
      const reopen = () => toProxy(opening, proxy);
      return openTunnel(opening, { ...request, proxy, connectProxy: reopen, tunnelMs, oneShotProxies });
    }
    const socket = await toProxy(opening, proxy);
    return { socket, auth: new ConnectionAuth(socket) };
  }

  async function build(opening: Opening, request: OpenOptions): Promise<OpenedConnection> {
    const { destination, route, alpn } = request;
    const toOrigin = route.proxy === undefined || request.tunnel || route.proxy.scheme.startsWith('socks');
    const secured = destination.protocol === 'https:' && toOrigin;
    if (secured) profiles.server.prepare();
    const { socket, auth } = await reach(opening, request);
    if (!secured) return { socket, alpn: undefined, auth };
    const peer = { host: destination.host, port: destination.port, target: 'server', alpn } as const;
    const inner = await secure(opening, socket, peer, { profile: profiles.server, tlsMs, highWaterMark });
    auth.securedToOrigin(inner);
    return { socket: inner, alpn: inner.alpnProtocol || undefined, auth };
  }

  return {
    chooseCertificate: ({ host, port }) => profiles.server.choose(host, port),
    async open(request) {
      const { destination, route, signal } = request;
      signal.throwIfAborted();
      const opening = new Opening(signal, clock, {
        url: `${destination.protocol}//${authority(destination)}`,
        proxy: route.proxy && describeProxy(route.proxy),
      });
      try {
        const opened = await build(opening, request);
        opening.signal.throwIfAborted();
        opening.succeed();
        return opened;
      } catch (error) {
        opening.fail(error);
        throw opening.signal.reason;
      }
    },
  };
}

function timeLimits(timeouts: ConnectTimeouts = {}) {
  const limit = (name: keyof ConnectTimeouts) => {
    const ms = timeouts[name] ?? DEFAULT_TIMEOUTS[name];
    if (typeof ms !== 'number' || !(ms > 0 && ms <= MAX_TIMEOUT)) {
      throw new TypeError(`timeouts.${name} must be a positive number of ms, at most ${MAX_TIMEOUT}`);
    }
    return ms;
  };
  return { connectMs: limit('connectMs'), tlsMs: limit('tlsMs'), tunnelMs: limit('tunnelMs') };
}
