/** Takes one token from a child, begins a step that hangs, and has nothing else to do. */
import { gssapiProvider } from '../../src/gssapi/provider.js';
import { contextRequest } from '../request.js';

const provider = gssapiProvider({ isolation: 'process', childFile: process.env.CHILD, timeoutMs: 60_000 });
const requestFor = (host: string) => contextRequest({ spn: { service: 'HTTP', host } });
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
