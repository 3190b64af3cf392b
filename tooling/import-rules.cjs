/**
 * What may import what. Checked by dependency-cruiser in `npm test`; ARCHITECTURE.md says why.
 *
 *   electron-net → everything
 *   core, proxy-resolver, auth-ntlm, auth-kerberos, lab → contracts
 *   contracts → nothing
 *
 * The lab serves tests, examples and benchmarks, and is part of no package that is published.
 */
const test = '(\\.test\\.ts$|^packages/[^/]+/test/)';
const source = '^packages/([^/]+)/src/';
/** The suite against real servers, which drives the clients. */
const peers = '^packages/lab/peers/';
/** Imports that vanish when compiled bind nothing at run time. */
const runtime = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contracts-imports-nothing',
      comment: 'contracts is the ground that everything stands on: no dependency, no I/O.',
      severity: 'error',
      from: { path: '^packages/contracts/src/', pathNot: test },
      to: { pathNot: '^packages/contracts/src/' },
    },
    {
      name: 'package-imports-contracts-only',
      comment: 'Each package is useful alone: what it needs of another is handed in through a contract.',
      severity: 'error',
      from: {
        path: '^packages/(contracts|core|proxy-resolver|auth-ntlm|auth-kerberos|lab)/',
        // What a scheme or a resolver is worth shows in a client; what a client is worth, at real servers.
        pathNot: ['^packages/(auth-[^/]+|proxy-resolver)/test/', peers],
      },
      to: { path: '^packages/', pathNot: '^packages/($1|contracts|lab)/' },
    },
    {
      name: 'lab-in-tests-only',
      comment: 'The lab is private and not installed with a package.',
      severity: 'error',
      from: { path: '^packages/', pathNot: ['^packages/lab/', test] },
      to: { path: '^packages/lab/' },
    },
    {
      name: 'nobody-imports-the-facade',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/electron-net/' },
      to: { path: '^packages/electron-net/' },
    },
    {
      name: 'other-packages-by-name',
      comment:
        'What is not exported by a package is its own business, and a relative path to it breaks once installed.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'undici-behind-one-seam',
      comment: 'undici differs between majors; a move to another is one change as long as few files hold it.',
      severity: 'error',
      from: {
        path: source,
        pathNot: [test, '^packages/lab/', '^packages/core/src/(engine/|interceptors/cache\\.ts$)'],
      },
      to: { path: '(^|/)node_modules/undici/', ...runtime },
    },
    {
      name: 'no-cycle-at-run-time',
      comment: 'Modules in a cycle see each other half initialised, in an order nobody chose.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { circular: true, viaOnly: runtime },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      from: { path: source, pathNot: test },
      to: { path: test },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'Only what stands under "dependencies" (or optional peers) is there once the package is installed.',
      severity: 'error',
      from: { path: source, pathNot: test },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        // An optional peer is in no list but that of the peers.
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^packages/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
