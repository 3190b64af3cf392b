/**
 * Requests through a proxy that wants NTLM.
 *
 *     node dist/main.js                                              a proxy and a server in this process
 *     NTLM_PASSWORD=… node dist/main.js PROXY USER URL [URL …]       your own: http://proxy:3128 'CORP\alice' https://…
 */
import { ntlm } from '@netloom/auth-ntlm';
import { channels, createClient, type SignInEvent } from '@netloom/core';
import { createLab, ntlmAuth } from '@netloom/lab';

interface Errand {
  readonly proxy: string;
  readonly username: string;
  readonly password: string;
  readonly urls: readonly string[];
  /** Authority to trust besides those of the system, in PEM. */
  readonly ca?: string;
  readonly end?: () => Promise<void>;
}

const { proxy, username, password, urls, ca, end } = process.argv.length > 2 ? fromCommandLine() : await inTheLab();

const client = createClient({
  proxy,
  auth: [ntlm()],
  // Asked once, however many requests wait. The second question would mean that the first answer was refused.
  credentials: async ({ attempt }) => (attempt === 1 ? { username, password } : undefined),
  tls: { ca },
});
channels.challenge.subscribe((event) => {
  const { target, schemes, round } = event as SignInEvent;
  console.log(`    the ${target} asks for ${schemes.join(', ')} (${round})`);
});

try {
  for (const url of urls) {
    console.log(url);
    const { statusCode, auth, connection, body } = await client.request(url);
    const text = await body.text();
    const use = connection?.reused ? 'used again' : 'new';
    console.log(
      `    ${statusCode}, ${text.length} characters, proxy: ${auth.proxy}, connection ${connection?.id} (${use})`,
    );
  }
} catch (error) {
  console.error(`    ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await client.close();
  await end?.();
}

function fromCommandLine(): Errand {
  const [proxy = '', username = '', ...urls] = process.argv.slice(2);
  const password = process.env.NTLM_PASSWORD;
  if (urls.length === 0 || password === undefined) {
    console.error('Wanted: PROXY USER URL, and the password in the environment variable NTLM_PASSWORD');
    process.exit(2);
  }
  return { proxy, username, password, urls };
}

async function inTheLab(): Promise<Errand> {
  const lab = await createLab();
  const [http, https] = [await lab.origin({ protocol: 'http' }), await lab.origin({ protocol: 'https' })];
  const { url } = await lab.proxy({ auth: { schemes: [ntlmAuth()] } });
  return {
    proxy: url,
    username: 'LAB\\alice',
    password: 'wonderland',
    // The first one signs the connection in; the second one uses it; the third one needs a tunnel.
    urls: [`${http.url}/`, `${http.url}/echo`, `${https.url}/`, `${https.url}/echo`],
    ca: lab.ca.cert,
    end: () => lab.close(),
  };
}
