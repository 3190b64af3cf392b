import type { ContextRequest } from '../src/provider.js';

/** What is asked of a library for whoever is logged in, at `HTTP/web.test` but for what is said otherwise. */
export function contextRequest(changes: Partial<ContextRequest> = {}): ContextRequest {
  return {
    spn: { service: 'HTTP', host: 'web.test' },
    credentials: { kind: 'ambient' },
    package: 'negotiate',
    mutual: true,
    delegation: 'never',
    channelBinding: undefined,
    ...changes,
  };
}
