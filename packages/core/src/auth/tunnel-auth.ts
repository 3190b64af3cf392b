import type { CredentialsProvider, ProxyServer } from '@netloom/contracts';
import type { TunnelAuth, TunnelHeaders } from '../connect/types.js';
import type { AuthConnection } from './connection.js';
import { AuthController } from './controller.js';
import type { ResponseHeaders } from './endpoint.js';
import type { PromptContext } from './prompts.js';
import type { AuthState } from './state.js';

/**
 * Signs the CONNECT requests for one tunnel in at its proxy. What cannot be signed in rejects with
 * `ERR_PROXY_AUTH_REQUESTED`, or with `ERR_PROXY_AUTH_UNSUPPORTED` when no scheme can be used: a proxy's page is never
 * shown in place of the origin's.
 */
export class TunnelSignIn implements TunnelAuth {
  holding = false;
  readonly #controller: AuthController;
  #connection: AuthConnection | undefined;

  /**
   * @param state - the client's sign-in.
   * @param proxy - an HTTP or HTTPS proxy.
   * @param authority - the tunnel's other end as in the CONNECT request: `host:port`, IPv6 in brackets.
   * @param promptContext - of the request that the tunnel is opened for; see {@link AuthState.promptContext}.
   * @param asks - the provider of the request that the tunnel is opened for now, where it has one of its own.
   */
  constructor(
    state: AuthState,
    proxy: ProxyServer,
    authority: string,
    promptContext?: PromptContext,
    asks: () => CredentialsProvider | undefined = () => undefined,
  ) {
    const { scheme, host, port, credentials } = proxy;
    const protocol = scheme === 'https' ? 'https:' : 'http:';
    this.#controller = new AuthController(
      state,
      { target: 'proxy', protocol, host, port, credentials },
      {
        method: 'CONNECT',
        // The path stays between client and origin.
        url: new URL(`https://${authority}/`).href,
        uri: authority,
        headers: () => ({ host: authority }),
        privacy: false,
        asks,
      },
      promptContext,
    );
  }

  get scheme(): string | undefined {
    return this.#controller.scheme;
  }

  dispose(): void {
    this.#controller.dispose();
  }

  async header(connection: AuthConnection, signal: AbortSignal): Promise<string | undefined> {
    this.#connection = connection;
    return this.#controller.header(connection, { signal });
  }

  async challenged(headers: TunnelHeaders, connection: AuthConnection, signal: AbortSignal): Promise<'same' | 'any'> {
    const reply = this.#controller.challenged(407, toRecord(headers), connection, signal);
    this.holding = reply?.hold ?? false;
    if (reply === undefined || (await reply.next) === 'deliver') throw this.#controller.error();
    return reply.hold ? 'same' : 'any';
  }

  async succeeded(status: number, headers: TunnelHeaders, connection: AuthConnection): Promise<void> {
    await this.#controller.finished(status, toRecord(headers), connection);
  }

  restart(): boolean {
    return this.#connection !== undefined && this.#controller.lost(this.#connection);
  }
}

function toRecord(headers: TunnelHeaders): ResponseHeaders {
  const record: Record<string, string[]> = Object.create(null);
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    record[name] ??= [];
    record[name].push(headers[i + 1]!);
  }
  return record;
}
