/** Bodies of PAC scripts that nobody should have to meet. */
export const HOSTILE_SCRIPTS = {
  'an endless loop': 'for (;;);',
  recursion: '(function f() { f() })();',
  '1 GB': 'var a = []; for (;;) a.push(new ArrayBuffer(1e6));',
  '100 000 names': 'for (var i = 0; i < 100000; i++) dnsResolve("h" + i + ".invalid");',
  'a regular expression': '/^(a+)+$/.test("a".repeat(40) + "b");',
  'a flood of messages': 'for (;;) alert("x".repeat(1000));',
  '1 MB of source': `/* ${'x'.repeat(1_000_000)} */`,
  '5 MB of source': `/* ${'x'.repeat(5_000_000)} */`,
} as const;
