/** Runs on the client of the network that wpad-network.sh makes, and prints what the resolver finds, in JSON. */
import { writeFileSync } from 'node:fs';
import { createProxyResolver, quickJsEngine } from '../../src/index.js';

async function main(): Promise<void> {
  const engine = quickJsEngine({ workerFile: process.env.WORKER });
  const resolver = createProxyResolver({ mode: 'auto_detect' }, { pac: { engine } });
  const ask = () => resolver.resolve(new URL('http://web.test/'));
  const folder = process.argv[2]!;
  if (process.env.LIFE === undefined) {
    const { pac, why } = await ask();
    console.log(JSON.stringify({ pac, source: why.source, notes: why.notes }));
  } else {
    const answers = [(await ask()).pac];
    for (const script of ['PROXY second.test:1', '', 'PROXY back.test:1']) {
      writeFileSync(`${folder}/script`, script);
      await resolver.reload();
      answers.push((await ask()).pac);
    }
    console.log(JSON.stringify(answers));
  }
  resolver.close();
}

void main();
