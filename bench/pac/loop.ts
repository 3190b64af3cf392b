/** How long the event loop stands still while hostile scripts run, and whether their memory comes back. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createProxyResolver } from '@netloom/proxy-resolver';

const HOSTILE = {
  'an endless loop': 'for (;;);',
  recursion: '(function f() { f() })();',
  '1 GB': 'var a = []; for (;;) a.push(new ArrayBuffer(1e6));',
  '100 000 names': 'for (var i = 0; i < 100000; i++) dnsResolve("h" + i + ".invalid");',
  'a regular expression': '/^(a+)+$/.test("a".repeat(40) + "b");',
  '1 MB of source': `/* ${'x'.repeat(1_000_000)} */`,
};

const mib = () => Math.round(process.memoryUsage().rss / 1024 / 1024);
const delay = monitorEventLoopDelay({ resolution: 1 });
console.log('longest stop of the event loop, and memory of the process before and after');
for (const [name, body] of Object.entries(HOSTILE)) {
  const before = mib();
  const source = `function FindProxyForURL(url, host) { ${body} return 'DIRECT' }`;
  const resolver = createProxyResolver(
    { pacScript: `data:,${encodeURIComponent(source)}` },
    { hostResolver: { lookup: () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })) } },
  );
  delay.reset();
  delay.enable();
  await resolver.resolve(new URL('http://www.example.org/'));
  delay.disable();
  resolver.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(`  ${name.padEnd(24)} ${(delay.max / 1e6).toFixed(1).padStart(6)} ms  ${before} → ${mib()} MiB`);
}
