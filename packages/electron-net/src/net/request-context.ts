import type { Client } from '@netloom/core';

/** What a request needs of the session that it is sent in. */
export interface RequestContext {
  readonly client: Client;
  /** Value of the `User-Agent` field where the program sets none. */
  readonly userAgent: string;
  /** Value of the `Accept-Language` field where the program sets none. */
  readonly acceptLanguage: string;
}
