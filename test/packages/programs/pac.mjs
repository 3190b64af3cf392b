// Prints what a PAC script answers. Bundled, it has to be told where the files of the script's engine are.
import { createProxyResolver, quickJsEngine } from '@netloom/proxy-resolver';

async function main() {
  const script = `function FindProxyForURL(url, host) { return shExpMatch(host, '*.corp.test') ? 'PROXY a:1' : 'DIRECT' }`;
  const engine = quickJsEngine({ workerFile: process.env.PAC_WORKER, wasmFile: process.env.PAC_WASM });
  const resolver = createProxyResolver({ pacScript: `data:,${encodeURIComponent(script)}` }, { pac: { engine } });
  resolver.on('problem', ({ message }) => console.log(message));
  for (const url of ['http://wiki.corp.test/', 'https://origin.test/']) {
    const { pac, why } = await resolver.resolve(new URL(url));
    console.log(url, pac, why.source);
  }
}

main();
