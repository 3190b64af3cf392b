import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Exchange } from '../http/exchange.js';
import type { Connection } from '../server/connection.js';
import { endToEnd, toObject } from './hop-headers.js';
import { join } from './pipe.js';

/** How the next hop is reached. */
export interface UpstreamOptions {
  readonly lookup: LookupFunction;
  /** Authorities trusted beyond TLS to the next hop, PEM. */
  readonly ca: string;
  /** Told of every socket opened. */
  readonly opened: (socket: Socket) => void;
}

/**
 * The sockets to origins that one client connection uses. They are the client's alone and live as long as its
 * connection, as deployed proxies pin them: a sign-in that belongs to a connection works through the proxy, and when
 * an origin closes, the client sees its connection close too instead of going on with another one unawares.
 */
export class Upstream {
  readonly #connection: Connection;
  readonly #options: UpstreamOptions;
  readonly #agents: { http?: http.Agent; https?: https.Agent } = {};
  readonly #sockets = new WeakSet<Socket>();
  #active = 0;
  #lost = false;

  constructor(connection: Connection, options: UpstreamOptions) {
    this.#connection = connection;
    this.#options = options;
    connection.stream.once('close', () => {
      this.#agents.http?.destroy();
      this.#agents.https?.destroy();
    });
  }

  /** Passes a request on and its answer back. Rejects when the next hop fails before it answers. */
  forward(exchange: Exchange, url: URL): Promise<void> {
    const { request: incoming, response } = exchange;
    this.#active++;
    this.#lost = false;
    const request = this.#request(exchange, url);
    return new Promise<void>((resolve, reject) => {
      request.once('error', reject);
      response.once('close', () => {
        request.destroy();
        resolve();
      });
      request.once('response', (answer) => {
        const headers = toObject(endToEnd(answer.rawHeaders));
        if (exchange.isHttp2)
          delete headers[Object.keys(headers).find((name) => name.toLowerCase() === 'transfer-encoding') ?? ''];
        else if (this.#lost || answer.headers.connection?.toLowerCase() === 'close') headers.Connection = 'close';
        exchange.head(answer.statusCode ?? 502, headers);
        answer.pipe(response, { end: false });
        answer.once('end', () => {
          if (answer.rawTrailers.length > 0) response.addTrailers(answer.trailers as http.OutgoingHttpHeaders);
          response.end();
          resolve();
        });
        answer.once('error', () => {
          exchange.abort(); // what was cut short at the origin is cut short for the client
          resolve();
        });
      });
      incoming.pipe(request);
    }).finally(() => this.#done(response));
  }

  /** Passes an upgrade on; afterwards both sides are one pipe. Rejects when the next hop fails before it answers. */
  upgrade(exchange: Exchange, url: URL): Promise<void> {
    const { raw, response } = exchange;
    if (!raw) throw new Error('An upgrade needs the socket');
    const { upgrade } = exchange.request.headers;
    const request = this.#request(exchange, url, ['Connection', 'Upgrade', 'Upgrade', String(upgrade)]);
    return new Promise((resolve, reject) => {
      request.once('error', reject);
      request.once('upgrade', (answer, socket, head) => {
        response.detachSocket(raw.socket as never);
        const lines = [`HTTP/1.1 101 ${answer.statusMessage}`];
        for (let index = 0; index < answer.rawHeaders.length; index += 2) {
          lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
        }
        raw.socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
        if (raw.head.length > 0) socket.write(raw.head);
        if (head.length > 0) raw.socket.write(head);
        join(raw.socket as Socket, socket as Socket);
        resolve();
      });
      request.once('response', (answer) => {
        exchange.head(answer.statusCode ?? 502, toObject(endToEnd(answer.rawHeaders)));
        answer.pipe(response);
        resolve();
      });
      request.end();
    });
  }

  #request({ method, request, isHttp2 }: Exchange, url: URL, more: string[] = []): http.ClientRequest {
    const headers = [...endToEnd(request.rawHeaders), ...more];
    const { 'content-length': length, 'transfer-encoding': coding, host } = request.headers;
    if (host === undefined) headers.push('Host', url.host);
    if (length === undefined && coding === undefined) {
      if (isHttp2 && !request.readableEnded && method !== 'GET' && method !== 'HEAD')
        headers.push('Transfer-Encoding', 'chunked');
      else if (method !== 'GET' && method !== 'HEAD') headers.push('Content-Length', '0');
    }
    const { lookup, opened } = this.#options;
    const outgoing = (url.protocol === 'https:' ? https : http).request({
      agent: this.#agent(url.protocol),
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: url.pathname + url.search,
      method,
      headers: headers as never,
      lookup,
    });
    outgoing.once('socket', (socket) => {
      if (this.#sockets.has(socket)) return;
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      opened(socket);
      socket.once('connect', () => socket.once('close', () => this.#closed()));
    });
    return outgoing;
  }

  /** One socket to each origin where requests come one after the other; several for the streams of h2. */
  #agent(protocol: string): http.Agent | https.Agent {
    const options = { keepAlive: true, maxSockets: this.#connection.protocol === 'h2' ? 16 : 1 };
    if (protocol === 'http:') {
      this.#agents.http ??= new http.Agent(options);
      return this.#agents.http;
    }
    this.#agents.https ??= new https.Agent({ ...options, ca: this.#options.ca, ALPNProtocols: ['http/1.1'] });
    return this.#agents.https;
  }

  #closed(): void {
    if (this.#connection.protocol === 'h2') return;
    this.#lost = true;
    if (this.#active === 0) this.#connection.close();
  }

  #done(response: http.ServerResponse): void {
    this.#active--;
    if (!this.#lost || this.#active > 0) return;
    if (response.writableFinished || response.destroyed) this.#connection.close();
    else response.once('finish', () => this.#connection.close());
  }
}
