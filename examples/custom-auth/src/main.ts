/**
 * Signs in by two schemes of its own, at servers in this process, and prints what happened.
 */
import type { AuthScheme, CredentialsProvider } from '@netloom/contracts';
import { createClient } from '@netloom/core';
import { boundAuth, createLab, type ServerScheme } from '@netloom/lab';
import { handshake } from './handshake-scheme.js';
import { signatureServer } from './server-side.js';
import { signature } from './signature-scheme.js';

const users = { alice: 'wonderland' };

const ask: CredentialsProvider = async ({ scheme, realm, attempt }) => {
  console.log(`  asked for credentials: ${scheme}, realm "${realm}"`);
  return attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined;
};

const lab = await createLab();
try {
  await show('A scheme that signs requests', signature(), signatureServer());
  await show('A scheme that signs a connection in', handshake(), boundAuth());
} finally {
  await lab.close();
}

/** Sends three requests, one after the other, and tells what each one took. */
async function show(title: string, scheme: AuthScheme, server: ServerScheme): Promise<void> {
  console.log(title);
  const origin = await lab.origin({ protocol: 'http', auth: { schemes: [server], users, realm: 'orders' } });
  const client = createClient({ auth: [scheme], credentials: ask });
  for (const [method, body] of [['GET'], ['POST', 'three apples'], ['POST', 'four pears']]) {
    const before = origin.stats.requests;
    const response = await client.request(`${origin.url}/echo`, { method, body });
    const { user } = (await response.body.json()) as { user: string };
    const sent = origin.stats.requests - before;
    console.log(`  ${method} ${response.statusCode} as ${user} by ${response.auth.server}, sent ${sent} ×`);
    if (response.statusCode !== 200) process.exitCode = 1;
  }
  console.log(`  connections: ${origin.stats.connections}, handshakes: ${origin.stats.handshakes}`);
  await client.close();
}
