import type { AuthRequest } from '@netloom/contracts';
import type { SignableRequest } from './endpoint.js';

/**
 * A request as a scheme sees it. A class, because every object literal with a getter gets a shape of its own, which V8
 * keeps until the next full garbage collection, and all that the getter refers to with it.
 */
export class RequestView implements AuthRequest {
  readonly method: string;
  readonly uri: string;
  readonly url: string;
  readonly bodyHash: string | undefined;
  readonly #request: SignableRequest;

  constructor(request: SignableRequest, bodyHash: string | undefined) {
    this.method = request.method;
    this.uri = request.uri;
    this.url = request.url;
    this.bodyHash = bodyHash;
    this.#request = request;
  }

  /** Few schemes look at them, and it costs to make them. */
  get headers(): AuthRequest['headers'] {
    return this.#request.headers();
  }
}
