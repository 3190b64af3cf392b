import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { negotiate, ntlmSso } from '@netloom/auth-kerberos';
import { ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import { isNetError, parseUrl } from '@netloom/contracts';
import { basic, type ClientResponse, createClient, digest } from '@netloom/core';
import { systemProxy } from '@netloom/proxy-resolver';
import { askForCredentials } from './password.js';
import { progress } from './progress.js';
import { narrate } from './verbose.js';

/** What the command line says about one request. */
export interface OneRequestOptions {
  readonly proxy?: string | undefined;
  readonly user?: string | undefined;
  readonly output?: string | undefined;
  readonly verbose?: boolean | undefined;
}

/** The command line cannot be understood. */
export class OneRequestError extends Error {}

export const HELP = `npm start                       tours a corporate network in one process
npm start -- URL [options]      makes one request and prints what comes

  --proxy URL      the proxy: http, https, socks4, socks4a, socks5 or socks5h, with user and password if needed.
                   Without this option, what the settings of the system say
  -u, --user NAME  who signs in where sign-in is wanted; the password is asked for
  -o, --output F   saves the body
  -v, --verbose    tells what happens on the way
  -h, --help       this text
`;

/** Makes one request; resolves with the exit code: 0, or 1 for a status from 400 or a network error. */
export async function oneRequest(url: string, options: OneRequestOptions): Promise<number> {
  if (parseUrl(url) === undefined) throw new OneRequestError(`${url} is no URL; it begins with http:// or https://`);
  const quiet = options.verbose === true ? narrate(process.stderr) : undefined;
  const resolver = options.proxy === undefined ? systemProxy() : undefined;
  const client = createClient({
    proxy: options.proxy ?? resolver,
    auth: [negotiate({ ntlm: ntlmMechanism() }), ntlmSso({ explicit: ntlm() }), digest(), basic()],
    credentials: options.user === undefined ? undefined : askForCredentials(options.user),
    redirect: { mode: 'follow' },
    cookies: true,
    decode: true,
  });
  try {
    const answer = await client.request(url);
    if (options.output === undefined) await print(answer);
    else await save(answer, options.output);
    return answer.statusCode < 400 ? 0 : 1;
  } catch (error) {
    if (!isNetError(error)) throw error;
    process.stderr.write(`${error.message}${error.proxy === undefined ? '' : ` (proxy ${error.proxy})`}\n`);
    return 1;
  } finally {
    quiet?.();
    await client.destroy();
    resolver?.close();
  }
}

async function print({ statusCode, headers, body, connection, route }: ClientResponse): Promise<void> {
  process.stderr.write(`${statusCode} over ${connection?.protocol ?? 'the cache'}, ${route}\n`);
  for (const [name, value] of Object.entries(headers)) process.stderr.write(`${name}: ${value}\n`);
  process.stderr.write('\n');
  await pipeline(body, process.stdout, { end: false });
}

/** Writes beside the file and renames at the end, so that there is never half a file of that name. */
async function save({ statusCode, headers, body }: ClientResponse, file: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    const length = Number(headers['content-length'] ?? Number.NaN);
    await pipeline(body, progress(length, process.stderr), createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  process.stderr.write(`${statusCode}, saved as ${file}\n`);
}
