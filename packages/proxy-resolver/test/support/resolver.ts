import type { HostResolver, PacEngine, PacProgram } from '@netloom/contracts';

/** A network in which only these names exist. */
export function fixedNames(names: Readonly<Record<string, string>>): HostResolver {
  return {
    async lookup(hostname) {
      const address = names[hostname];
      if (address === undefined) throw Object.assign(new Error(`no address of ${hostname}`), { code: 'ENOTFOUND' });
      return [{ address, family: address.includes(':') ? 6 : 4 }];
    },
  };
}

/** A data URL of a PAC script. */
export const pacOf = (source: string): string => `data:,${encodeURIComponent(source)}`;

/** A PAC script that always returns the same. */
export const returning = (result: string): string =>
  `function FindProxyForURL(url, host) { return ${JSON.stringify(result)} }`;

/** An engine whose "scripts" are answered by a function, to test what is around engines without one. */
export function fakeEngine(
  find: (source: string, url: string, host: string) => string | Promise<string>,
  options: { readonly stateless?: boolean; readonly loaded?: string[] } = {},
): PacEngine {
  return {
    name: 'fake',
    async load(source): Promise<PacProgram> {
      options.loaded?.push(source);
      return {
        stateless: options.stateless ?? false,
        find: async (url, host) => ({ result: await find(source, url, host), lookups: [] }),
        forget: () => undefined,
        close: () => undefined,
      };
    },
  };
}
