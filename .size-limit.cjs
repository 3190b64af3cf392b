/**
 * What a package costs a program that bundles it: minified and compressed, with everything that it loads at once and
 * without what Node brings. Limits leave a tenth for growth; a larger step is a decision and is made here.
 */
const { builtinModules } = require('node:module');

const node = [...builtinModules, 'node:*'];
/** Loaded on first use, so not part of the cost of an import. */
const lazy = ['quickjs-wasi', 'koffi', 'kerberos', 'asn1js', 'tough-cookie'];
const lazyForFacade = ['@netloom/proxy-resolver', '@netloom/auth-ntlm', '@netloom/auth-kerberos', 'dns-packet'];

const entry = (name, path, limit, external = []) => ({
  name,
  path: `packages/${path}`,
  limit,
  modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', external: [...node, ...lazy, ...external] }),
});

module.exports = [
  entry('@netloom/contracts', 'contracts/dist/index.cjs', '8 kB'),
  entry('@netloom/core', 'core/dist/index.cjs', '190 kB'),
  entry('@netloom/core/interceptors', 'core/dist/interceptors.cjs', '20 kB', ['undici']),
  entry('@netloom/auth-ntlm', 'auth-ntlm/dist/index.cjs', '17 kB'),
  entry('@netloom/auth-ntlm/messages', 'auth-ntlm/dist/messages.cjs', '14 kB'),
  entry('@netloom/auth-kerberos', 'auth-kerberos/dist/index.cjs', '26 kB'),
  entry('@netloom/proxy-resolver', 'proxy-resolver/dist/index.cjs', '30 kB'),
  entry('@netloom/electron-net', 'electron-net/dist/index.cjs', '220 kB', lazyForFacade),
  ...['main', 'common', 'utility'].map((name) =>
    entry(`@netloom/electron-net/${name}`, `electron-net/dist/${name}.cjs`, '220 kB', lazyForFacade),
  ),
];
