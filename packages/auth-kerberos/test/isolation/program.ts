/** Takes one token from a child, begins a step that hangs, and has nothing else to do. */
import { gssapiProvider } from '../../src/gssapi/provider.js';
import type { ContextRequest } from '../../src/provider.js';

const provider = gssapiProvider({ isolation: 'process', childFile: process.env.CHILD, timeoutMs: 60_000 });
const requestFor = (host: string): ContextRequest => ({
  spn: { service: 'HTTP', host },
  credentials: { kind: 'ambient' },
  package: 'negotiate',
  mutual: true,
  delegation: 'never',
  channelBinding: undefined,
});
const { signal } = new AbortController();
const { token } = await provider.initialise(requestFor('web.test')).step(undefined, signal);
process.stdout.write(`${Buffer.from(token!).toString()}\n`);
if (process.env.HANG) {
  provider
    .initialise(requestFor('hangs.test'))
    .step(undefined, signal)
    .catch(() => undefined);
  setTimeout(() => process.exit(), 50);
}
