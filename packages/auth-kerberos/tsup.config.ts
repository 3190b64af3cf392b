import { dualPackage } from '../../tooling/tsup.js';

export default dualPackage(
  { index: 'src/index.ts' },
  {
    entry: { 'gssapi-child': 'src/isolation/child.ts' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: false,
    sourcemap: false,
    outExtension: () => ({ js: '.mjs' }),
  },
);
