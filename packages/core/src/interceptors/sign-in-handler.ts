import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { AuthError, describeRoute, NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { parseChallenges } from '../auth/challenge-parser.js';
import type { AuthController } from '../auth/controller.js';
import type { Http1Origins } from '../auth/http1-origins.js';
import type { AuthState } from '../auth/state.js';
import { channels } from '../diagnostics.js';
import type { Connection } from '../pool/connection.js';
import { isConnectionLost } from '../pool/exchange.js';
import { TRANSACTION, Transaction } from '../pool/transaction.js';
import type { UnderWay } from '../pool/under-way.js';
import { CapturedAnswer } from './captured-answer.js';
import { ANSWER_OBSERVER, DELIVER_PROXY_AUTH, type NormalOptions, PRIVACY, REPORT } from './internal.js';
import { mayStayUnread } from './refused-upload.js';
import { SignInControllers } from './sign-in-controllers.js';

type Controller = Dispatcher.DispatchController;

/**
 * Takes a request through its rounds of sign-in, at the server and at the proxy, and shows the layers above only the
 * last answer. One for both: two stacked ones would take the connection from each other.
 */
export class SignInHandler implements Dispatcher.DispatchHandler {
  readonly #dispatch: Dispatcher.Dispatch;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #underWay: UnderWay;
  readonly #transaction: Transaction;
  readonly #controllers: SignInControllers;
  readonly #http1Origins: Http1Origins;
  #options: NormalOptions;
  #captured: CapturedAnswer | undefined;
  #responded = false;
  #failed = false;

  constructor(
    dispatch: Dispatcher.Dispatch,
    state: AuthState,
    underWay: UnderWay,
    options: NormalOptions,
    handler: Dispatcher.DispatchHandler,
  ) {
    this.#dispatch = dispatch;
    this.#handler = handler;
    this.#underWay = underWay;
    const transaction = new Transaction(options.body, options[PRIVACY] === true);
    this.#transaction = transaction;
    this.#http1Origins = state.http1Origins;
    this.#options = { ...options, [TRANSACTION]: transaction } as NormalOptions;
    this.#controllers = new SignInControllers(state, options, transaction);
    transaction.auth = this.#controllers;
    transaction.http1Only = this.#http1Origins.has(options.origin);
    const report = options[REPORT];
    if (report !== undefined) report.transaction = transaction;
  }

  begin(): boolean {
    this.#handler.onRequestStart?.(this.#transaction, undefined);
    this.#underWay.add(this.#transaction);
    return this.#send();
  }

  #send(): boolean {
    return this.#dispatch(this.#options as unknown as Dispatcher.DispatchOptions, this);
  }

  /** The layers above have been given the transaction as their controller, whatever serves it. */
  onRequestStart(): void {
    this.#responded = false;
  }

  onRequestUpgrade(_controller: Controller, status: number, headers: IncomingHttpHeaders, socket: Duplex): void {
    const { connection } = this.#transaction;
    const verified = connection && this.#controllers.finished(status, headers, connection);
    const deliver = () => {
      if (this.#failed) socket.destroy();
      else {
        this.#end();
        this.#handler.onRequestUpgrade?.(this.#transaction, status, headers, socket);
      }
    };
    if (verified === undefined) deliver();
    else {
      this.#transaction.onCancel((reason) => this.#fail(reason));
      verified.then(deliver, (error: Error) => {
        socket.destroy();
        this.#fail(error);
      });
    }
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders, message?: string): void {
    if (status < 200) {
      this.#handler.onResponseStart?.(this.#transaction, status, headers, message);
      return;
    }
    this.#responded = true;
    const { awaitedChallenge } = this.#transaction;
    if (awaitedChallenge !== undefined && status !== awaitedChallenge) {
      this.#sendWhole(status, headers, message);
      return;
    }
    const { connection } = this.#transaction;
    const unread = status >= 400 && connection !== undefined && mayStayUnread(status, headers, connection.engine);
    if (this.#onChallenge(status, headers, message, unread)) return;
    if (unread) connection.close();
    this.#onFinal(status, headers, message);
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#captured !== undefined) this.#captured.data(chunk);
    else this.#handler.onResponseData?.(this.#transaction, chunk);
  }

  onResponseEnd(_controller: Controller, trailers: IncomingHttpHeaders): void {
    if (this.#captured !== undefined) {
      this.#transaction.onCancel((reason) => this.#fail(reason));
      this.#captured.end(trailers);
      return;
    }
    this.#end();
    this.#handler.onResponseEnd?.(this.#transaction, trailers);
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    const transaction = this.#transaction;
    if (this.#captured !== undefined && !transaction.aborted) {
      transaction.onCancel((reason) => this.#fail(reason));
      this.#captured.fail(error);
      return;
    }
    if (this.#mayBeginAgain(error)) {
      if (channels.retry.hasSubscribers) channels.retry.publish({ url: this.#url, reason: (error as NetError).code });
      transaction.held?.release(transaction);
      this.#send();
      return;
    }
    this.#fail(error);
  }

  get #url(): string {
    return this.#options.origin + this.#options.path;
  }

  /** Answers a 401 or 407 that can be answered; whether it did, so that the answer is not for the caller (yet). */
  #onChallenge(status: number, headers: IncomingHttpHeaders, message: string | undefined, unread: boolean): boolean {
    const transaction = this.#transaction;
    if (status === 407 && !this.#controllers.asksProxy) {
      this.#failAttempt(new NetError('ERR_UNEXPECTED_PROXY_AUTH', { url: this.#url }));
      return true;
    }
    const controller = status === 401 ? this.#controllers.server : status === 407 ? this.#controllers.proxy : undefined;
    if (controller === undefined) return false;
    const connection = transaction.connection as Connection;
    if (status === 401) void this.#controllers.finished(status, headers, connection);
    if (!this.#canReplay) {
      if (status === 401) return false;
      this.#failAttempt(this.#notReplayable(headers['proxy-authenticate']));
      return true;
    }
    const decision = controller.challenged(status, headers, connection.auth, transaction.signal, unread);
    if (decision === undefined) {
      if (status === 401 || this.#options[DELIVER_PROXY_AUTH] === true) return false;
      this.#failAttempt(controller.error(this.#url));
      return true;
    }
    const captured = new CapturedAnswer(transaction, status, headers, message);
    this.#captured = captured;
    if (decision.hold) connection.hold(transaction);
    else transaction.held?.release(transaction);
    if (decision.leave) connection.close();
    const observed =
      status === 401 ? this.#options[ANSWER_OBSERVER]?.answered(headers, this.#options.headers) : undefined;
    Promise.all([decision.next, observed]).then(
      ([next, fields]) => {
        if (this.#captured !== captured || transaction.aborted) return;
        if (next === 'deliver') this.#deliver(status, controller, captured);
        else this.#again(captured, next === 'retry-http1', fields);
      },
      (error: Error) => {
        if (this.#captured === captured && !transaction.aborted) this.#failAttempt(error);
      },
    );
    return true;
  }

  /** A request without its body was taken for a whole one: nothing of the answer is for the caller. */
  #sendWhole(status: number, headers: IncomingHttpHeaders, message: string | undefined): void {
    const transaction = this.#transaction;
    const captured = new CapturedAnswer(transaction, status, headers, message);
    this.#captured = captured;
    this.#controllers.sendBody();
    transaction.connection?.hold(transaction);
    this.#again(captured, false, undefined);
  }

  get #canReplay(): boolean {
    const { body } = this.#transaction;
    return body === undefined || body.canReplay();
  }

  #notReplayable(challenges: string | string[] | undefined): AuthError {
    return new AuthError('ERR_PROXY_AUTH_REQUESTED', {
      offered: [...new Set(parseChallenges(challenges).map(({ scheme }) => scheme))],
      url: this.#url,
      proxy: describeRoute(this.#transaction.route),
      detail: 'the body is a stream that is longer than the replay buffer, so it cannot be sent again with credentials',
    });
  }

  #again(captured: CapturedAnswer, http1: boolean, headers: NormalOptions['headers'] | undefined): void {
    const transaction = this.#transaction;
    if (http1) {
      transaction.http1Only = true;
      this.#http1Origins.add(this.#options.origin);
    }
    if (headers !== undefined) this.#options = { ...this.#options, headers };
    captured.drain(() =>
      // The engine takes the next request when it has told of this one's end: sooner, another connection would be opened.
      queueMicrotask(() => {
        if (this.#captured !== captured || transaction.aborted) return;
        this.#captured = undefined;
        transaction.onCancel(undefined);
        this.#responded = false;
        this.#send();
      }),
    );
  }

  /** Nobody had (further) credentials: the answer goes to the caller, where it may. */
  #deliver(status: number, controller: AuthController, captured: CapturedAnswer): void {
    const transaction = this.#transaction;
    if (status === 407 && this.#options[DELIVER_PROXY_AUTH] !== true) {
      this.#failAttempt(controller.error(this.#url));
      return;
    }
    this.#captured = undefined;
    transaction.onCancel(undefined);
    transaction.held?.release(transaction);
    if (captured.ended) this.#end();
    captured.deliver(this.#handler);
  }

  #onFinal(status: number, headers: IncomingHttpHeaders, message: string | undefined): void {
    const transaction = this.#transaction;
    // A redirect that keeps the method sends the body once more.
    if (status !== 307 && status !== 308) transaction.body?.settle();
    const connection = transaction.connection;
    const verified = connection === undefined ? undefined : this.#controllers.finished(status, headers, connection);
    transaction.held?.release(transaction);
    if (verified === undefined) {
      this.#handler.onResponseStart?.(transaction, status, headers, message);
      return;
    }
    const captured = new CapturedAnswer(transaction, status, headers, message);
    this.#captured = captured;
    verified.then(
      () => {
        if (this.#captured !== captured || transaction.aborted) return;
        this.#captured = undefined;
        transaction.onCancel(undefined);
        if (captured.ended) this.#end();
        captured.deliver(this.#handler);
      },
      (error: Error) => {
        if (this.#captured === captured && !transaction.aborted) this.#failAttempt(error);
      },
    );
  }

  #mayBeginAgain(error: Error): boolean {
    const { aborted, connection } = this.#transaction;
    if (aborted || this.#responded || connection === undefined || !this.#canReplay || !isConnectionLost(error))
      return false;
    return this.#controllers.lost(connection);
  }

  /** Ends the attempt that is under way, if one is, and then the transaction. */
  #failAttempt(error: Error): void {
    this.#captured = undefined;
    this.#transaction.onCancel(undefined);
    this.#transaction.abort(error);
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#captured = undefined;
    this.#end();
    this.#handler.onResponseError?.(this.#transaction, error);
  }

  #end(): void {
    this.#transaction.held?.release(this.#transaction);
    this.#controllers.dispose();
    this.#underWay.delete(this.#transaction);
  }
}
