import { defineConfig } from 'tsup';

/** Every measurement is a program of its own: `bench/ntlm/handshake.ts` becomes `bench/dist/ntlm/handshake.js`. */
export default defineConfig({
  entry: ['*/*.ts', '!dist'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  clean: true,
  // Programs start others by their place; shared chunks would move that code to another folder.
  splitting: false,
  esbuildOptions(options) {
    options.outbase = '.';
  },
});
