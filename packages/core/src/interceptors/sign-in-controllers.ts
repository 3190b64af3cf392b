import { type CredentialsProvider, SchemeError } from '@netloom/contracts';
import { AuthController } from '../auth/controller.js';
import type { SignableRequest } from '../auth/endpoint.js';
import type { PromptContext } from '../auth/prompts.js';
import type { AuthState } from '../auth/state.js';
import { ReplayBody } from '../body/replay.js';
import { getHeader, type HeaderFields, type HeaderList, hasHeader } from '../http/headers.js';
import type { Connection } from '../pool/connection.js';
import { destinationOf, usesAbsoluteForm } from '../pool/route-table.js';
import type { Transaction, TransactionAuth } from '../pool/transaction.js';
import { ASKS, type NormalOptions, URL_IDENTITY } from './internal.js';

/** The two sign-in controllers of a transaction, each made when it is first needed. */
export class SignInControllers implements TransactionAuth {
  readonly promptContext: PromptContext;
  readonly asks: CredentialsProvider | undefined;
  readonly #state: AuthState;
  readonly #options: NormalOptions;
  readonly #transaction: Transaction;
  /** A caller who signs the request himself is left alone. */
  readonly #ownServerHeader: boolean;
  #server: AuthController | undefined;
  #proxy: AuthController | undefined;

  constructor(state: AuthState, options: NormalOptions, transaction: Transaction) {
    this.promptContext = state.promptContext;
    this.asks = options[ASKS];
    this.#state = state;
    this.#options = options;
    this.#transaction = transaction;
    this.#ownServerHeader = hasHeader(options.headers, 'authorization');
  }

  /** Whether requests go to a proxy in absolute form, so that a 407 can be the proxy's. */
  get asksProxy(): boolean {
    const { route } = this.#transaction;
    return route.proxy !== undefined && usesAbsoluteForm(route, this.#options.origin, this.#options.upgrade != null);
  }

  /** The controller of the server; undefined where its sign-in is not to be answered. */
  get server(): AuthController | undefined {
    if (this.#ownServerHeader || this.#transaction.privacy) return undefined;
    if (this.#server === undefined) {
      const { protocol, host, port } = destinationOf(this.#options.origin);
      this.#server = new AuthController(
        this.#state,
        { target: 'server', protocol, host, port },
        this.#request(),
        this.promptContext,
      );
    }
    return this.#server;
  }

  /** The controller of the proxy that requests go to in absolute form. */
  get proxy(): AuthController | undefined {
    const { proxy } = this.#transaction.route;
    if (proxy === undefined || !this.asksProxy) return undefined;
    if (this.#proxy === undefined) {
      const { host, port, credentials } = proxy;
      const protocol = proxy.scheme === 'https' ? 'https:' : 'http:';
      this.#proxy = new AuthController(
        this.#state,
        { target: 'proxy', protocol, host, port, credentials },
        this.#request(),
        this.promptContext,
      );
    }
    return this.#proxy;
  }

  serverIdentity(): string | undefined {
    return this.#serverIfKnown?.identityKey();
  }

  proxyIdentity(): string | undefined {
    return this.#proxyIfKnown?.identityKey();
  }

  get serverScheme(): string | undefined {
    return this.#server?.scheme;
  }

  get proxyScheme(): string | undefined {
    return this.#proxy?.scheme;
  }

  headers(connection: Connection): string[] | undefined | Promise<string[] | undefined> {
    const server = this.#serverIfKnown?.header(connection.auth, this.#transaction);
    const proxy = this.#proxyIfKnown?.header(connection.auth, this.#transaction);
    if (server instanceof Promise || proxy instanceof Promise) {
      return Promise.all([server, proxy]).then(([one, other]) => toFields(one, other));
    }
    return toFields(server, proxy);
  }

  /** An answer that asks for nothing came. A promise where a conversation has to verify the peer. */
  finished(status: number, headers: HeaderFields, connection: Connection): undefined | Promise<unknown> {
    const server = status === 401 ? undefined : this.#server?.finished(status, headers, connection.auth);
    const proxy = this.#proxy?.finished(status, headers, connection.auth);
    return server instanceof Promise || proxy instanceof Promise ? Promise.all([server, proxy]) : undefined;
  }

  /** Whether the transaction may begin again after its connection went away. */
  lost(connection: Connection): boolean {
    const proxy = this.#proxy?.lost(connection.auth) ?? false;
    const server = this.#server?.lost(connection.auth) ?? false;
    return proxy || server;
  }

  awaitedChallenge(connection: Connection): 401 | 407 | undefined {
    if (this.#proxy?.withholdsBody(connection.auth)) return 407;
    return this.#server?.withholdsBody(connection.auth) ? 401 : undefined;
  }

  /** The body is to go with every round from now on. */
  sendBody(): void {
    this.#server?.sendBody();
    this.#proxy?.sendBody();
  }

  dispose(): void {
    this.#server?.dispose();
    this.#proxy?.dispose();
  }

  /** Nothing is made for a request of whose server nothing is known. */
  get #serverIfKnown(): AuthController | undefined {
    return this.#server ?? (this.#state.isIdleAt('server') ? undefined : this.server);
  }

  get #proxyIfKnown(): AuthController | undefined {
    return this.#proxy ?? (this.#state.isIdleAt('proxy') ? undefined : this.proxy);
  }

  #request(): SignableRequest {
    const { origin, path, method, headers } = this.#options;
    const { body } = this.#transaction;
    return {
      method,
      url: origin + path,
      uri: path,
      headers: () => toObject(headers),
      urlIdentity: this.#options[URL_IDENTITY],
      privacy: this.#transaction.privacy,
      asks: () => this.asks,
      bodyHash: async (algorithm) => {
        if (body === undefined) return new ReplayBody(null).hash(algorithm);
        if (await body.canHash()) return body.hash(algorithm);
        throw new SchemeError('ERR_FAILED', {
          effect: 'disable-scheme',
          detail: 'the body cannot be hashed: it is a stream that is longer than the replay buffer',
        });
      },
    };
  }
}

function toFields(server: string | undefined, proxy: string | undefined): string[] | undefined {
  if (server === undefined && proxy === undefined) return undefined;
  const fields: string[] = [];
  if (server !== undefined) fields.push('authorization', server);
  if (proxy !== undefined) fields.push('proxy-authorization', proxy);
  return fields;
}

function toObject(list: HeaderList): Record<string, string> {
  const object: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    object[name] ??= getHeader(list, name) as string;
  }
  return object;
}
