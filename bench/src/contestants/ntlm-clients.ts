import { promisify } from 'node:util';
import { NotHere, type Open, type Setting } from './contestant.js';

interface Account {
  readonly username: string;
  readonly password: string;
  readonly domain: string;
  readonly workstation: string;
}

/** Both packages know servers only, not proxies. */
function accountOf({ signIn, proxy }: Setting): Account {
  if (signIn?.scheme !== 'ntlm' || proxy) throw new NotHere('signs in at servers by NTLM only');
  const [domain = '', username = ''] = signIn.username.split('\\');
  return { domain, username, password: signIn.password, workstation: 'BENCH' };
}

/**
 * Both take MD4 from js-md4, which asks OpenSSL for it and fails with OpenSSL 3. It has code of its own for browsers:
 * made to believe that this is one, they can be measured.
 */
async function withBrowserMd4<T>(load: () => Promise<T>): Promise<T> {
  const scope = globalThis as { window?: object };
  scope.window = { JS_MD4_NO_NODE_JS: true };
  try {
    return await load();
  } finally {
    delete scope.window;
  }
}

export const axiosNtlm: Open = async (setting) => {
  const { NtlmClient } = await withBrowserMd4(() => import('axios-ntlm'));
  const client = NtlmClient(accountOf(setting), { proxy: false });
  return {
    get: async (url) => (await client.get(url, { responseType: 'arraybuffer' })).status,
    close: () => undefined,
  };
};

interface HttpNtlm {
  get(options: Account & { url: string }, done: (error: Error | null, response: { statusCode: number }) => void): void;
}

export const httpntlm: Open = async (setting) => {
  const account = accountOf(setting);
  const name: string = 'httpntlm';
  const { default: library } = (await withBrowserMd4(() => import(name))) as { default: HttpNtlm };
  const get = promisify(library.get.bind(library));
  return { get: async (url) => (await get({ ...account, url })).statusCode, close: () => undefined };
};
