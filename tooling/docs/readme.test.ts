import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'node:util';
import { basicAuth, createLab, digestAuth, type Lab, negotiateAuth, ntlmAuth } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Example, examplesInMarkdown, promisedOutput } from './examples.js';
import { documents, read, root, sourcePackages } from './repository.js';

/**
 * Runs the examples of the documents that are marked `run`, and compares what they print with what their comments
 * promise. The addresses that examples use stand for servers of the lab.
 */
const generated = join(root, 'tooling', 'docs', '.generated');
const examples = documents().flatMap((file) =>
  examplesInMarkdown(file, read(file)).filter(({ flags }) => flags.includes('run')),
);

let lab: Lab;
let addresses: Record<string, string>;

beforeAll(async () => {
  await mkdir(generated, { recursive: true });
  lab = await createLab();
  const origin = await lab.origin({ protocol: 'http' });
  const proxy = await lab.proxy({ auth: { schemes: [digestAuth(), basicAuth()] } });
  const ntlm = await lab.proxy({ auth: { schemes: [ntlmAuth({ domain: 'CORP' })] } });
  const negotiate = await lab.proxy({ auth: { schemes: [negotiateAuth({ domain: 'CORP' })] } });
  const open = await lab.proxy();
  const socks = await lab.socks({});
  const pac = await lab.pacServer({ script: `function FindProxyForURL() { return 'PROXY 127.0.0.1:${open.port}'; }` });
  addresses = {
    'http://proxy.test:3128': proxy.url,
    'http://ntlm-proxy.test:3128': ntlm.url,
    'http://negotiate-proxy.test:3128': negotiate.url,
    'http://open-proxy.test:3128': open.url,
    'socks5h://proxy.test:1080': socks.url.replace(/^\w+/, 'socks5h'),
    'http://wpad.test/proxy.pac': pac.url,
    'http://origin.test': origin.url,
    'ws://origin.test': origin.url.replace('http:', 'ws:'),
  };
});

afterAll(async () => {
  await lab.close();
  await rm(generated, { recursive: true, force: true });
});

describe('examples of the documents', () => {
  it.each(examples.map((example) => [`${example.file}:${example.line}`, example] as const))(
    '%s',
    async (_, example) => {
      const promised = promisedOutput(example);
      expect(promised, 'an example that is run says by // → what it prints').not.toEqual([]);
      expect(await run(example)).toEqual(promised);
    },
  );

  it('show every published package', async () => {
    const published = (await sourcePackages()).filter((pack) => !pack.private);
    const shown = new Set(examples.map(({ file }) => file));
    expect(published.map(({ folder }) => `${folder}/README.md`).filter((readme) => !shown.has(readme))).toEqual([]);
  });
});

/** The lines that an example prints, with the names of servers put back for their addresses. */
async function run({ file, line, code }: Example): Promise<string[]> {
  const module = join(generated, `${file.replace(/\W+/g, '-')}-${line}.ts`);
  const names = Object.entries(addresses);
  await writeFile(
    module,
    names.reduce((text, [name, address]) => text.replaceAll(name, address), code),
  );
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(...format(...values).split('\n'));
  });
  try {
    await import(module);
  } finally {
    log.mockRestore();
  }
  return lines.map((line) => names.reduce((text, [name, address]) => text.replaceAll(address, name), line));
}
