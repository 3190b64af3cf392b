/**
 * 500 requests through a proxy that asks for Kerberos, while the KDC accepts connections and says nothing. Tells what it
 * saw as JSON in its last line, and ends by itself.
 */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { gssapiProvider, negotiate } from '@netloom/auth-kerberos';
import { isNetError } from '@netloom/contracts';
import { createClient } from '@netloom/core';

/** What the program saw. */
export interface DeadKdcReport {
  /** How often each error was met. */
  readonly errors: Record<string, number>;
  /** File reads and look-ups of names that were answered before the first request had failed. */
  readonly answered: { readonly reads: number; readonly lookups: number };
}

const [, , , isolation, proxy, url, ccache, childFile] = process.argv as string[];
const provider = gssapiProvider({ isolation: isolation as 'none' | 'process', timeoutMs: 5_000, childFile });
const credentials = { kind: 'ccache', ccache: ccache! } as const;
const client = createClient({ proxy: proxy!, auth: [negotiate({ credentials, providers: [provider] })] });

let failed = false;
const errors: Record<string, number> = {};
const requests = Array.from({ length: 500 }, async () => {
  const outcome = await client.request(url!).then(
    async ({ statusCode, body }) => {
      await body.dump();
      return String(statusCode);
    },
    (error: unknown) => (isNetError(error) ? error.code : String(error)),
  );
  failed = true;
  errors[outcome] = (errors[outcome] ?? 0) + 1;
});

const answered = { reads: 0, lookups: 0 };
async function meanwhile(what: keyof typeof answered, work: () => Promise<unknown>) {
  while (!failed) {
    await work();
    if (!failed) answered[what]++;
  }
}
await Promise.all([
  meanwhile('reads', () => readFile(process.argv[1]!)),
  meanwhile('lookups', () => lookup('web.test')),
  ...requests,
]);
await client.close();
process.stdout.write(`${JSON.stringify({ errors, answered } satisfies DeadKdcReport)}\n`);
