/**
 * A program that has just been started: what importing a package takes, and the first request with it. Tells so in JSON.
 *
 *     node start.js PACKAGE URL
 */
import { once } from 'node:events';

/** What a start costs: times in µs, memory in MiB. */
export interface Start {
  readonly import: { readonly wall: number; readonly cpu: number };
  /** From the import to the end of the first response. */
  readonly request: { readonly wall: number; readonly cpu: number };
  readonly resident: number;
}

/** Package → a GET with it. */
const FIRST_REQUESTS = {
  '@netloom/core': async ({ createClient }: typeof import('@netloom/core'), url: string) =>
    (await createClient().request(url)).body.dump(),
  '@netloom/electron-net': async ({ app, net }: typeof import('@netloom/electron-net'), url: string) => {
    await app.whenReady();
    const request = net.request(url).end();
    const [response] = await once(request, 'response');
    await once(response.resume(), 'end');
  },
  undici: async ({ request }: typeof import('undici'), url: string) => (await request(url)).body.dump(),
  'node:http': async ({ get }: typeof import('node:http'), url: string) => {
    const [response] = await once(get(url), 'response');
    await once(response.resume(), 'end');
  },
  got: async ({ got }: typeof import('got'), url: string) => got(url, { responseType: 'buffer' }),
  axios: async ({ default: axios }: typeof import('axios'), url: string) => axios.get(url),
  'node-fetch': async ({ default: fetch }: typeof import('node-fetch'), url: string) =>
    (await fetch(url)).arrayBuffer(),
};

/** Packages whose start is measured. */
export type StartedPackage = keyof typeof FIRST_REQUESTS;

const [, , name = '', url = ''] = process.argv;
const [cpu, start] = [process.cpuUsage(), performance.now()];
const since = () => {
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - start) * 1000, cpu: user + system };
};
const library = await import(name);
const imported = since();
await FIRST_REQUESTS[name as StartedPackage](library, url);
const cost: Start = { import: imported, request: since(), resident: process.memoryUsage.rss() / 2 ** 20 };
process.stdout.write(JSON.stringify(cost), () => process.exit());
