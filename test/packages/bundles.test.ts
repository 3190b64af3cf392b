import { readdirSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createLab, digestAuth, type HttpProxy, type Lab, type Origin } from '@netloom/lab';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import webpack from 'webpack';
import { node, root } from './workspace.js';

/** Bundles a program into one file, and says what the bundler had to complain about. */
type Bundler = (entry: string, outfile: string) => Promise<string[]>;

const bundlers: Record<string, Bundler> = {
  esbuild: async (entry, outfile) => {
    const { errors, warnings } = await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      format: 'esm',
      // An ES module has no require, which the CommonJS packages in it need for Node's own modules.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return [...errors, ...warnings].map(({ text }) => text);
  },
  webpack: (entry, outfile) =>
    new Promise((resolve, reject) => {
      const options: webpack.Configuration = {
        entry,
        target: 'node20',
        mode: 'production',
        devtool: false,
        optimization: { minimize: false },
        experiments: { outputModule: true },
        // Of ws, which the lab uses, and which does without them.
        externals: { bufferutil: 'node-commonjs bufferutil', 'utf-8-validate': 'node-commonjs utf-8-validate' },
        output: { path: dirname(outfile), filename: basename(outfile), module: true },
      };
      webpack(options, (error, stats) => {
        if (error || !stats) return reject(error);
        const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
        resolve([...errors, ...warnings].map(({ message }) => message));
      });
    }),
};

let lab: Lab;
let origin: Origin;
let proxy: HttpProxy;
beforeAll(async () => {
  lab = await createLab();
  origin = await lab.origin({ protocol: 'http' });
  proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
});
afterAll(() => lab.close());

/** A program, where it lies once the packages are installed, and how it is called. */
interface Program {
  readonly name: string;
  readonly place: () => Promise<string>;
  readonly args: () => string[];
}

const installed = readdirSync(join(import.meta.dirname, 'programs')).map(
  (file): Program => ({
    name: file,
    place: async () => {
      const place = join(inject('consumers')[20], 'programs', file);
      await cp(join(import.meta.dirname, 'programs', file), place);
      return place;
    },
    args: () => [origin.url, proxy.url],
  }),
);

/** The programs of each example, and how they are called. */
const calls: Record<string, [file: string, args: () => string[]][]> = {
  'custom-auth': [['dist/main.js', () => []]],
  'electron-drop-in': [
    ['main.cjs', () => [origin.url]],
    ['main.mjs', () => [origin.url]],
  ],
  'kerberos-sso': [['dist/main.js', () => []]],
  'ntlm-proxy': [['dist/main.js', () => []]],
  tour: [['dist/main.js', () => [origin.url, '--proxy', proxy.url.replace('//', '//alice:wonderland@')]]],
  'which-proxy': [['dist/main.js', () => ['--rules', 'https=proxy.test:8080', 'https://origin.test/']]],
};

const examples = Object.entries(calls).flatMap(([example, files]) =>
  files.map(
    ([file, args]): Program => ({
      name: `examples/${example}/${file}`,
      place: async () => join(root, 'examples', example, file),
      args,
    }),
  ),
);

it('every example is bundled', () => {
  expect(Object.keys(calls).sort()).toEqual(readdirSync(join(root, 'examples')).sort());
});

/** What a program prints, without what differs from run to run. */
const lasting = (text: string) =>
  text
    .replace(/(localhost|127\.0\.0\.1):\d+/g, 'HOST')
    .replace(/\d+ ms/g, 'MS')
    .replace(/"date":"[^"]*"/, 'DATE');

/** In one file, and where no node_modules is, a program does what it did before. */
describe.each(Object.entries(bundlers))('bundled by %s', (bundler, bundle) => {
  const bundles = () => join(inject('consumers')[20], '..', 'bundles', bundler);
  const env = () => ({ PAC_WORKER: join(bundles(), 'pac-worker.mjs'), PAC_WASM: join(bundles(), 'quickjs.wasm') });

  /** A worker is a program of its own, and so is its bundle. */
  beforeAll(async () => {
    await mkdir(bundles(), { recursive: true });
    const modules = join(inject('consumers')[20], 'node_modules');
    const worker = join(modules, '@netloom', 'proxy-resolver', 'dist', 'pac-worker.mjs');
    expect(await bundle(worker, env().PAC_WORKER)).toEqual([]);
    await cp(join(modules, 'quickjs-wasi', 'quickjs.wasm'), env().PAC_WASM);
  });

  it.each([...installed, ...examples].map((program) => [program.name, program] as const))(
    '%s runs',
    async (_, program) => {
      const entry = await program.place();
      const outfile = join(bundles(), `${program.name.replace(/\W+/g, '-')}.mjs`);
      expect(await bundle(entry, outfile)).toEqual([]);

      const { code, stdout } = await node([entry, ...program.args()]);
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
      const bundled = await node([outfile, ...program.args()], { env: env() });
      expect(lasting(bundled.stdout), bundled.output).toBe(lasting(stdout));
      expect(bundled.code).toBe(0);
    },
  );
});
