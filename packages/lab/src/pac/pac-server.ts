import type { Exchange } from '../http/exchange.js';
import { HttpLabServer, type HttpServerOptions } from '../http/http-lab-server.js';
import { urlOf } from '../util/url.js';

/** Options of `lab.pacServer()`. */
export interface PacServerOptions extends HttpServerOptions {
  /** Text of the script. */
  readonly script: string;
  /** Default `application/x-ns-proxy-autoconfig`. */
  readonly contentType?: string;
}

/** Paths that serve the script: the usual one, and the one that WPAD asks for. */
const PATHS = new Set(['/proxy.pac', '/wpad.dat']);

/** A web server that gives out a PAC script. */
export class PacServer extends HttpLabServer {
  #script: string;
  readonly #contentType: string;

  /** @internal Use `lab.pacServer()`. */
  constructor(options: PacServerOptions) {
    super(options, 'server', undefined);
    this.#script = options.script;
    this.#contentType = options.contentType ?? 'application/x-ns-proxy-autoconfig';
  }

  /** `http://127.0.0.1:PORT/proxy.pac`. */
  get url(): string {
    return `${urlOf('http', this.host, this.port, false)}/proxy.pac`;
  }

  /** Gives out another script from now on. */
  setScript(script: string): void {
    this.#script = script;
  }

  protected override answer(exchange: Exchange): void {
    if (!PATHS.has(exchange.url.pathname)) exchange.send(404, {}, 'No script here');
    else exchange.send(200, { 'content-type': this.#contentType }, this.#script);
  }
}
