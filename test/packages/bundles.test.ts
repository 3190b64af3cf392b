import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLab, digestAuth, type HttpProxy, type Lab, type Origin } from '@netloom/lab';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import webpack from 'webpack';
import { node } from './workspace.js';

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
      format: 'cjs',
      logLevel: 'silent',
    });
    return [...errors, ...warnings].map(({ text }) => text);
  },
  webpack: (entry, outfile) =>
    new Promise((resolve, reject) => {
      const output = { path: join(outfile, '..'), filename: outfile.slice(join(outfile, '..').length + 1) };
      webpack({ entry, output, mode: 'production', target: 'node20', devtool: false }, (error, stats) => {
        if (error || !stats) return reject(error);
        const { errors = [], warnings = [] } = stats.toJson({ errors: true, warnings: true });
        resolve([...errors, ...warnings].map(({ message }) => message));
      });
    }),
};

const programs = join(import.meta.dirname, 'programs');

let lab: Lab;
let origin: Origin;
let proxy: HttpProxy;
beforeAll(async () => {
  lab = await createLab();
  origin = await lab.origin({ protocol: 'http' });
  proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
});
afterAll(() => lab.close());

/** Each program, bundled from the installed tarballs and run where no node_modules is, does what it did before. */
describe.each(Object.entries(bundlers))('bundled by %s', (name, bundle) => {
  it.each(readdirSync(programs))('%s runs', async (program) => {
    const folder = inject('consumers')[20];
    const entry = join(folder, 'programs', program);
    await cp(join(programs, program), entry);

    const outfile = join(folder, '..', 'bundles', name, program.replace(/\.\w+$/, '.cjs'));
    await mkdir(join(outfile, '..'), { recursive: true });
    expect(await bundle(entry, outfile)).toEqual([]);
    expect(existsSync(join(outfile, '..', 'node_modules'))).toBe(false);

    const before = await node([entry, origin.url, proxy.url]);
    expect(before).toMatchObject({ code: 0 });
    expect(before.stdout).not.toBe('');
    expect(await node([outfile, origin.url, proxy.url])).toEqual(before);
  });
});
