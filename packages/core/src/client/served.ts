import { type CredentialsProvider, describeRoute } from '@netloom/contracts';
import { ASKS, DELIVER_PROXY_AUTH, type InternalFields, PRIVACY, REPORT } from '../interceptors/internal.js';
import type { Transaction } from '../pool/transaction.js';
import { assertOneOf, assertOptional } from './check.js';

/** The connection that served a request. */
export interface ConnectionInfo {
  /** Number of the connection in this process, from 1. */
  readonly id: number;
  readonly protocol: 'h2' | 'http/1.1';
  /** Whether it had served requests before this one's last attempt. */
  readonly reused: boolean;
}

/** How a request was signed in. */
export interface AuthInfo {
  /** Scheme that the server accepted, in lower case; undefined: none was needed. */
  readonly server: string | undefined;
  /** Scheme that the proxy accepted for this request or its tunnel. */
  readonly proxy: string | undefined;
}

/** How a request is served. Complete from the response head on. */
export interface ServedBy {
  /** Undefined for an answer from the cache. */
  readonly connection: ConnectionInfo | undefined;
  /** `direct://`, or the proxy as `scheme://host:port`. */
  readonly route: string | undefined;
  readonly auth: AuthInfo;
}

/** What a request may say about credentials. */
export interface CredentialsRequestOptions {
  /** `omit` sends no credentials to the server and answers no 401; sign-in at a proxy goes on. Default `include`. */
  readonly credentials?: 'include' | 'omit' | undefined;
  /** Who is asked for credentials on behalf of this request, instead of the client's provider. */
  readonly credentialsProvider?: CredentialsProvider | undefined;
}

/** Reads the facts from the transaction when it is asked for them, and so costs a request next to nothing. */
export class Served implements ServedBy {
  /** Set by the sign-in layer; that of the last hop after redirects. */
  transaction: Transaction | undefined;

  get connection(): ConnectionInfo | undefined {
    const connection = this.transaction?.connection;
    if (connection === undefined) return undefined;
    return { id: connection.id, protocol: connection.engine.protocol, reused: connection.uses > 1 };
  }

  get route(): string | undefined {
    return this.transaction && describeRoute(this.transaction.route);
  }

  get auth(): AuthInfo {
    const { auth, connection } = this.transaction ?? {};
    return { server: auth?.serverScheme, proxy: auth?.proxyScheme ?? connection?.tunnelScheme };
  }
}

/**
 * What the layers are told about one request of {@link Client.request} or {@link Client.dispatch}: a 407 that nobody can
 * answer is delivered as a response.
 *
 * @throws TypeError naming the option that cannot be used.
 */
export function internalFields(options: CredentialsRequestOptions, served: Served): InternalFields {
  assertOneOf('credentials', options.credentials, ['include', 'omit']);
  assertOptional('credentialsProvider', options.credentialsProvider, 'function');
  return {
    [REPORT]: served,
    [DELIVER_PROXY_AUTH]: true,
    [PRIVACY]: options.credentials === 'omit',
    [ASKS]: options.credentialsProvider,
  };
}
