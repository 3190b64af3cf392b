import { createLab, type Lab } from '@netloom/lab';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { basic, type Client, type ClientOptions, createClient, digest } from '../../src/index.js';
import { bound } from './bound-scheme.js';

/** A lab for the tests of one file, and clients that trust it and are destroyed after each test. */
export function useLab(): { readonly lab: Lab; client(options?: ClientOptions): Client } {
  let lab: Lab;
  const clients: Client[] = [];
  beforeAll(async () => {
    lab = await createLab();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.destroy()));
  });
  afterAll(() => lab.close());
  return {
    get lab() {
      return lab;
    },
    client(options = {}) {
      const client = createClient({
        auth: [bound(), digest(), basic()],
        credentials: async ({ attempt }) => (attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined),
        tls: { ca: lab.ca.cert, trust: 'none' },
        proxyTls: { ca: lab.ca.cert, trust: 'none' },
        ...options,
      });
      clients.push(client);
      return client;
    },
  };
}

/** Status of the answer after its body was read, or code of the error. */
export async function outcome(
  answer: Promise<{ statusCode: number; body: { text(): Promise<string> } }>,
): Promise<number | string> {
  try {
    const { statusCode, body } = await answer;
    await body.text();
    return statusCode;
  } catch (error) {
    return (error as { code?: string }).code ?? `${error}`;
  }
}
