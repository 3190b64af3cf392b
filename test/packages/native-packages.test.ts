import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { nodeOrThrow } from './workspace.js';

const LIBRARY = 'libnetloom-none.so.0';

/** Asks a provider why it cannot be used; the library that is named is nowhere. */
const ask = (load: string, options: string) => `${load}
  gssapiProvider({ library: '${LIBRARY}', ${options} }).unavailable().then((why) => console.log(why));`;

/** A server that offers Negotiate and Basic, and a client that prefers Negotiate. Prints the status and the scheme. */
const FALLBACK = `
  import { createServer } from 'node:http';
  import { negotiate } from '@netloom/auth-kerberos';
  import { basic, createClient } from '@netloom/core';
  const server = createServer((request, response) => {
    const scheme = request.headers.authorization?.split(' ')[0];
    response.writeHead(scheme === 'Basic' ? 200 : 401, { 'www-authenticate': ['Negotiate', 'Basic realm="x"'] }).end(scheme);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createClient({
    auth: [negotiate(), basic()],
    credentials: async ({ attempt }) => (attempt < 3 ? { username: 'alice', password: 'wonderland ' + attempt } : undefined),
  });
  const { statusCode, body } = await client.request('http://127.0.0.1:' + server.address().port + '/');
  console.log(statusCode, await body.text());
  await client.close();
  server.close();`;

/** Packages with native code are optional; what is installed here came with install scripts off. */
describe('auth-kerberos with koffi, installed without scripts', () => {
  const folder = () => inject('consumers')[20];
  it.each([
    ['imported', 'mjs', "import { gssapiProvider } from '@netloom/auth-kerberos';"],
    ['required', 'cjs', "const { gssapiProvider } = require('@netloom/auth-kerberos');"],
  ])('loads it, in this process and in a child: %s', async (_, extension, load) => {
    for (const isolation of ['none', 'process']) {
      const why = await run(folder(), `koffi-${isolation}.${extension}`, ask(load, `isolation: '${isolation}'`));
      expect(why).toMatch(new RegExp(`none of these libraries can be used: ${LIBRARY}`));
    }
  });
});

describe('auth-kerberos without koffi', () => {
  let folder: string;
  beforeAll(async () => {
    const complete = inject('consumers')[20];
    // Beside the other, so that nothing is found above.
    folder = join(complete, '..', 'without-koffi');
    await mkdir(join(folder, 'node_modules'), { recursive: true });
    for (const name of await readdir(join(complete, 'node_modules'))) {
      if (['koffi', '@koromix', 'kerberos', '.bin', '@netloom'].includes(name)) continue;
      await symlink(join(complete, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
    }
    // A copy: what is linked would find koffi beside the place that it is linked to.
    await cp(join(complete, 'node_modules', '@netloom'), join(folder, 'node_modules', '@netloom'), { recursive: true });
  });

  it.each(['none', 'process'])('says what is missing (isolation: %s)', async (isolation) => {
    const load = "import { gssapiProvider } from '@netloom/auth-kerberos';";
    const why = await run(folder, `missing-${isolation}.mjs`, ask(load, `isolation: '${isolation}'`));
    expect(why).toMatch(/koffi cannot be loaded: it is not installed \("npm install koffi"\)/);
  });

  it('falls back to the next scheme', async () => {
    expect(await run(folder, 'fallback.mjs', FALLBACK)).toBe('200 Basic\n');
  });
});

async function run(folder: string, file: string, code: string): Promise<string> {
  await writeFile(join(folder, file), code);
  return nodeOrThrow([file], { cwd: folder });
}
