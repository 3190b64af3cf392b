import type { CredentialsProvider } from '@netloom/contracts';
import type { Client } from '@netloom/core';

/** What a request needs of the session that it is sent in. */
export interface RequestContext {
  readonly client: Client;
  /** Value of the `User-Agent` field where the program sets none. */
  readonly userAgent: string;
  /** Value of the `Accept-Language` field where the program sets none; empty: none is sent. */
  readonly acceptLanguage: string;
  /** Who is asked on behalf of `fetch`, which has no events of its own. */
  readonly askForFetch: CredentialsProvider;
}
