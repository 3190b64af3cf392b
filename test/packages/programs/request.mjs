// Prints what a URL answers, asked for through a proxy that wants a sign-in.
import { createClient } from '@netloom/core';

const [url, proxy] = process.argv.slice(2);

async function credentials({ attempt }) {
  return attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined;
}

async function main() {
  const client = createClient({ proxy, cookies: true, decode: true, credentials });
  const { statusCode, auth, body } = await client.request(`${url}/compressed/gzip`);
  console.log(statusCode, auth.proxy, (await body.text()).length);

  const response = await fetch(url, { dispatcher: client.dispatcher });
  console.log(response.status, await response.text());
}

main();
