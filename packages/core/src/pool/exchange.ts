import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { isNetError, NetError, type NetErrorCode } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { channels } from '../diagnostics.js';
import { getHeader, hasHeader } from '../http/headers.js';
import type { ConnectJob } from './connect-job.js';
import type { Connection } from './connection.js';
import type { Group } from './group.js';
import type { LayerOptions, Transaction } from './transaction.js';
import type { Waiter } from './waiters.js';

/** Failures of a connection, as opposed to answers that cannot be used. */
const LOST: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  'ERR_CONNECTION_RESET',
  'ERR_CONNECTION_CLOSED',
  'ERR_CONNECTION_ABORTED',
  'ERR_EMPTY_RESPONSE',
  'ERR_SOCKET_NOT_CONNECTED',
]);
const CERTIFICATE_NEEDED: NetErrorCode = 'ERR_SSL_CLIENT_AUTH_CERT_NEEDED';
/** A peer that refuses streams again and again is not asked for ever. */
const MAX_REFUSALS = 5;

/** Whether an error says that the connection went away. */
export function isConnectionLost(error: unknown): boolean {
  return isNetError(error) && LOST.has(error.code);
}

/** What an exchange needs of its pool. */
export interface ExchangeHost {
  groupOf(options: LayerOptions, transaction: Transaction): Group;
  /** Time limits of requests that say none, in ms; 0: no limit. */
  readonly headersMs: number;
  readonly bodyMs: number;
  /** Has the client's certificate for an origin chosen that wants one; whether there is one to be shown. */
  chooseCertificate(group: Group): Promise<boolean>;
  /** The peer wants HTTP/1.1 from now on. */
  requireHttp1(group: Group): void;
}

/** One attempt at sending a request: waits for a connection, signs the request in, sends it, sends it again if it may. */
export class Exchange implements Dispatcher.DispatchHandler, Waiter {
  list: object | undefined;
  before: Waiter | undefined;
  after: Waiter | undefined;
  readonly transaction: Transaction;
  readonly origin: string;
  job: ConnectJob | undefined;
  lost: Connection | undefined;
  readonly #host: ExchangeHost;
  readonly #options: LayerOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  #group: Group;
  #connection: Connection | undefined;
  #responded = false;
  /** The connection had served others before this request was sent. */
  #reused = false;
  #certificateAsked = false;
  #refusals = 0;

  constructor(
    host: ExchangeHost,
    group: Group,
    options: LayerOptions,
    handler: Dispatcher.DispatchHandler,
    transaction: Transaction,
  ) {
    this.#host = host;
    this.#group = group;
    this.#options = options;
    this.#handler = handler;
    this.transaction = transaction;
    this.origin = String(options.origin);
  }

  get userAgent(): string | undefined {
    return getHeader(this.#options.headers as string[], 'user-agent');
  }

  begin(): void {
    const { transaction } = this;
    const connection =
      transaction.held ?? (this.lost === undefined ? this.#group.take(transaction, this.origin) : undefined);
    if (connection !== undefined) {
      this.granted(connection);
      return;
    }
    transaction.onCancel((reason) => {
      this.#group.cancel(this);
      this.failed(reason);
    });
    if (!transaction.aborted) this.#group.enqueue(this);
  }

  granted(connection: Connection): void {
    const { transaction } = this;
    transaction.onCancel(undefined);
    this.#connection = connection;
    transaction.connection = connection;
    connection.reserve();
    if (transaction.held !== undefined && !connection.engine.alive) {
      this.#giveUp(connection, new NetError('ERR_CONNECTION_CLOSED', { url: this.origin }));
      return;
    }
    const auth = transaction.auth?.headers(connection);
    if (auth instanceof Promise) {
      let cancelled = false;
      transaction.onCancel((reason) => {
        cancelled = true;
        this.#giveUp(connection, reason);
      });
      auth.then(
        (headers) => !cancelled && this.#send(connection, headers),
        (error: Error) => !cancelled && this.#giveUp(connection, error),
      );
    } else this.#send(connection, auth);
  }

  failed(error: Error): void {
    this.transaction.onCancel(undefined);
    if (this.#wantsCertificate(error)) this.#withCertificate(error);
    else this.#handler.onResponseError?.(this.transaction, error);
  }

  #wantsCertificate(error: Error): boolean {
    const { body, aborted } = this.transaction;
    if (this.#certificateAsked || this.#responded || aborted || (error as NetError).code !== CERTIFICATE_NEEDED)
      return false;
    return body === undefined || body.canReplay();
  }

  /** Asks once which certificate to show, and sends the request anew if there is one. */
  #withCertificate(error: Error): void {
    const { transaction } = this;
    this.#certificateAsked = true;
    let cancelled = false;
    transaction.onCancel((reason) => {
      cancelled = true;
      this.failed(reason);
    });
    this.#host.chooseCertificate(this.#group).then(
      (chosen) => {
        if (cancelled) return;
        if (!chosen) {
          this.failed(error);
          return;
        }
        this.lost = this.#connection;
        this.#group = this.#host.groupOf(this.#options, transaction);
        this.begin();
      },
      (cause: Error) => !cancelled && this.failed(cause),
    );
  }

  #giveUp(connection: Connection, error: Error): void {
    connection.cancelReservation();
    this.failed(error);
  }

  #send(connection: Connection, auth: string[] | undefined): void {
    const { absoluteForm, origin: groupOrigin } = this.#group.profile;
    const options = this.#options;
    const given = options.headers as string[];
    let headers = auth === undefined ? given : [...given, ...auth];
    let path = options.path;
    if (absoluteForm) {
      path = this.origin + path;
      headers = withProxyFields(headers, this.origin);
    }
    const awaited = this.transaction.auth?.awaitedChallenge(connection);
    this.transaction.awaitedChallenge = awaited;
    const body = awaited === undefined ? this.transaction.body : undefined;
    if (awaited !== undefined) headers = withoutLength(headers);
    if (body?.contentType !== undefined && !hasHeader(headers, 'content-type')) {
      headers = [...headers, 'content-type', body.contentType];
    }
    this.transaction.bytesSent = true;
    this.#reused = connection.proven;
    connection.send(
      {
        origin: absoluteForm ? this.origin : groupOrigin,
        path,
        method: options.method,
        headers,
        body,
        upgrade: typeof options.upgrade === 'string' ? options.upgrade : undefined,
        headersTimeout: options.headersTimeout ?? this.#host.headersMs,
        bodyTimeout: options.bodyTimeout ?? this.#host.bodyMs,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.transaction.attach(controller);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#finished();
    this.transaction.rawHeaders = controller.rawHeaders ?? null;
    this.#handler.onRequestUpgrade?.(this.transaction, status, headers, socket);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    const { transaction } = this;
    if (status === 408 && this.#mayResend(new NetError('ERR_CONNECTION_CLOSED'))) {
      // A server that was just about to close an idle connection answers so: the request is not to blame.
      controller.abort(new NetError('ERR_CONNECTION_CLOSED', { url: this.origin }));
      return;
    }
    if (status >= 200) this.#responded = true;
    if (this.#connection !== undefined) this.#connection.proven = true;
    transaction.headers = headers;
    transaction.rawHeaders = controller.rawHeaders ?? null;
    this.#handler.onResponseStart?.(transaction, status, headers, message);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(this.transaction, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#finished();
    this.transaction.rawTrailers = controller.rawTrailers ?? null;
    this.#handler.onResponseEnd?.(this.transaction, trailers);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finished();
    if (this.#wantsCertificate(error)) this.#withCertificate(error);
    else if (this.#mayResend(error)) this.#resend(error as NetError);
    else this.#handler.onResponseError?.(this.transaction, error);
  }

  #finished(): void {
    this.transaction.attach(undefined);
    if (this.#connection !== undefined) this.#connection.active -= 1;
  }

  #mayResend(error: Error): boolean {
    const { transaction } = this;
    if (this.#responded || transaction.aborted || transaction.held !== undefined || !isNetError(error)) return false;
    if (transaction.body !== undefined && !transaction.body.canReplay()) return false;
    if (error.code === 'ERR_HTTP2_SERVER_REFUSED_STREAM') return this.#refusals < MAX_REFUSALS;
    if (error.code === 'ERR_HTTP_1_1_REQUIRED') return !transaction.http1Only;
    return isConnectionLost(error) && !transaction.resent && this.#reused;
  }

  #resend(error: NetError): void {
    const { transaction } = this;
    if (channels.retry.hasSubscribers)
      channels.retry.publish({ url: this.origin + this.#options.path, reason: error.code });
    if (error.code === 'ERR_HTTP2_SERVER_REFUSED_STREAM') this.#refusals += 1;
    else if (error.code === 'ERR_HTTP_1_1_REQUIRED') {
      transaction.http1Only = true;
      this.#host.requireHttp1(this.#group);
    } else {
      transaction.resent = true;
      this.lost = this.#connection;
    }
    this.#group = this.#host.groupOf(this.#options, transaction);
    this.begin();
  }
}

/** What the caller said of the length holds for the body. */
function withoutLength(headers: string[]): string[] {
  const isLength = (i: number) => headers[i]!.toLowerCase() === 'content-length';
  return headers.filter((_, i) => !isLength(i - (i % 2)));
}

/** The proxy's own field, and the origin's Host: undici would name the proxy. */
function withProxyFields(headers: string[], origin: string): string[] {
  const complete = [...headers, 'proxy-connection', 'keep-alive'];
  if (!hasHeader(headers, 'host')) complete.push('host', origin.slice(origin.indexOf('//') + 2));
  return complete;
}
