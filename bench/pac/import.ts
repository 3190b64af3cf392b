/** What is loaded by importing the resolver and by asking it without a PAC script: nothing of an engine. */
import { createProxyResolver } from '@netloom/proxy-resolver';

const resolver = createProxyResolver({ proxyRules: 'proxy.test:8080' });
await resolver.resolve(new URL('https://www.example.org/'));
resolver.close();
const { createRequire } = await import('node:module');
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /quickjs|acorn|fetch-pac/.test(file));
console.log(
  loaded.length === 0 ? 'nothing of an engine is loaded before the first script' : `loaded: ${loaded.join(', ')}`,
);
process.exitCode = loaded.length === 0 ? 0 : 1;
