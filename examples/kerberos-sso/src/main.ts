/**
 * Requests with the ticket of the logged-in user.
 *
 *     node dist/main.js                                        a proxy in this process, which knows no Kerberos
 *     node dist/main.js [options] URL [URL …]                  your own servers
 *
 *     --proxy URL     the proxy; it gets the ticket if it asks for one
 *     --allow RULES   servers that get the ticket, such as '*.corp.example'; default: the hosts of the URLs
 *     --isolated      calls the library in a child process, which can be killed
 */
import { parseArgs } from 'node:util';
import { negotiate, SecurityLibraryError } from '@netloom/auth-kerberos';
import { ntlmMechanism } from '@netloom/auth-ntlm';
import { type AuthError, isNetError } from '@netloom/contracts';
import { type ClientOptions, createClient } from '@netloom/core';
import { createLab, negotiateAuth } from '@netloom/lab';

if (process.argv.length > 2) await atYourServers();
else await inTheLab();

async function atYourServers(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { proxy: { type: 'string' }, allow: { type: 'string' }, isolated: { type: 'boolean' } },
  });
  const hosts = positionals.map((url) => new URL(url).hostname);
  await requests(positionals, {
    proxy: values.proxy,
    auth: [negotiate(values.isolated ? { isolation: 'process' } : {})],
    ambientAllowlist: values.allow ?? hosts.join(','),
  });
}

/** A proxy that asks for Negotiate and takes NTLM only: what a ticket is not there for, a password still does. */
async function inTheLab(): Promise<void> {
  const lab = await createLab();
  try {
    const { url } = await lab.origin({ protocol: 'https' });
    const tls = { ca: lab.ca.cert };
    const { url: proxy } = await lab.proxy({ auth: { schemes: [negotiateAuth()] } });

    console.log('With the ticket of the logged-in user:');
    await requests([url], { proxy, tls, auth: [negotiate()] });

    console.log('With a user name and a password as well:');
    const credentials = async () => ({ username: 'LAB\\alice', password: 'wonderland' });
    await requests([url], { proxy, tls, auth: [negotiate({ ntlm: ntlmMechanism() })], credentials });
    process.exitCode = 0;
  } finally {
    await lab.close();
  }
}

async function requests(urls: readonly string[], options: ClientOptions): Promise<void> {
  const client = createClient(options);
  try {
    for (const url of urls) {
      const { statusCode, auth, body } = await client.request(url);
      await body.dump();
      console.log(`    ${url} ${statusCode}, proxy: ${auth.proxy ?? '-'}, server: ${auth.server ?? '-'}`);
    }
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  } finally {
    await client.close();
  }
}

/** Says what was tried, and what the library itself said. */
function explain(error: unknown): void {
  if (!isNetError(error)) throw error;
  console.error(`    ${error.code}`);
  for (const { scheme, reason } of (error as AuthError).tried ?? []) console.error(`    ${scheme}: ${reason}`);
  for (let { cause } = error as Error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SecurityLibraryError) console.error(`    ${cause.message}`);
  }
}
