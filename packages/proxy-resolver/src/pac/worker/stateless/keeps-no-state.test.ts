import { describe, expect, it } from 'vitest';
import { keepsNoState } from './keeps-no-state.js';

const inFunction = (body: string) => `function FindProxyForURL(url, host) { ${body} }`;

describe('keepsNoState', () => {
  it.each([
    [
      'conditions',
      inFunction('if (shExpMatch(host, "*.a") || isPlainHostName(host)) return "DIRECT"; return "PROXY p:1";'),
    ],
    [
      'look-ups',
      inFunction('var ip = dnsResolve(host); return isInNet(ip, "10.0.0.0", "255.0.0.0") ? "A" : myIpAddress();'),
    ],
    [
      'a global list',
      `var list = ["a", "b"]; list.push("c"); ${inFunction('return list.indexOf(host) >= 0 ? "A" : "B"')}`,
    ],
    [
      'a global table',
      `var t = { "a.b": 1 }; t["c"] = 2; ${inFunction('return t.hasOwnProperty(host) || t[host] ? "A" : "B"')}`,
    ],
    [
      'a table filled in a loop',
      `var l = ["a"], t = {}; for (var i = 0; i < l.length; i++) t[l[i]] = 1; ${inFunction('return t[host]')}`,
    ],
    [
      'a loop',
      `var l = ["a"]; ${inFunction('for (var i = 0; i < l.length; i++) { if (dnsDomainIs(host, l[i])) return "A"; } return "B"')}`,
    ],
    [
      'helper functions',
      `function any(h) { return h == "a" } var other = function (h) { return any(h) }; ${inFunction('return other(host)')}`,
    ],
    [
      'callbacks',
      `var l = ["a"]; ${inFunction('var r; l.forEach(function (x) { r = x }); return l.some(isResolvable) ? r : "B"')}`,
    ],
    [
      'a regular expression',
      `var re = /^a(b)*$/i; ${inFunction('return re.test(host) ? "A" : host.replace(/x/g, "y")')}`,
    ],
    ['a local object', inFunction('var r = []; r.push("a"); r[1] = "b"; var o = {}; o.x = 1; return r.join(";")')],
    [
      'a piece of the name',
      inFunction('var p = host.split("."); p.shift(); while (p.length) p.pop(); return p.join(".")'),
    ],
    [
      'methods of its own',
      `var util = { check: function (h) { return h == "a" } }; ${inFunction('return util.check(host)')}`,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the script's own template.
    ['modern syntax', inFunction('const f = (h) => h?.length ?? 0; let n = f(host); n += 1; return `PROXY p:${n}`')],
    [
      'switch, try and labels',
      inFunction('out: for (;;) { try { switch (host) { case "a": break out } } catch (e) { throw e } } return "A"'),
    ],
    ['its own shExpMatch', `function shExpMatch(a, b) { return a == b } ${inFunction('return shExpMatch(url, "x")')}`],
  ])('vouches for %s', async (_, source) => {
    expect(await keepsNoState(source)).toBe(true);
  });

  it.each([
    ['a counter', `var n = 0; ${inFunction('n++; return "A" + n')}`],
    ['a cache', `var c = {}; ${inFunction('return c[host] = c[host] || dnsResolve(host)')}`],
    ['a cache under another name', `var c = {}; ${inFunction('var d = c; d[host] = 1; return "A"')}`],
    ['a list that grows', `var l = []; ${inFunction('l.push(host); return "A" + l.length')}`],
    [
      'a list that its own method hands out',
      `var c = []; var u = { slice: function () { return c } };
       ${inFunction('var r = u.slice(); r.push(1); return "A" + r.length')}`,
    ],
    [
      'a variable made on the way',
      inFunction('count = (typeof count == "undefined" ? 0 : count) + 1; return "A" + count'),
    ],
    [
      'a closure of the load',
      `var next = (function () { var n = 0; return function () { return n++ } })(); ${inFunction('return next()')}`,
    ],
    [
      'a closure made by a callback',
      `var f = [1].map(function () { var n = 0; return { tick: function () { return n++ } } })[0]; ${inFunction('return f.tick()')}`,
    ],
    [
      'a closure in a named function',
      `function make() { var n = 0; return { tick: function () { return n++ } } } var c = make(); ${inFunction('return c.tick()')}`,
    ],
    ['the clock', inFunction('return new Date().getHours() > 8 ? "A" : "B"')],
    ['Date.now', inFunction('return Date.now() % 2 ? "A" : "B"')],
    ['weekdayRange', inFunction('return weekdayRange("MON") ? "A" : "B"')],
    ['dateRange', inFunction('return dateRange(1) ? "A" : "B"')],
    ['timeRange', inFunction('return timeRange(8, 18) ? "A" : "B"')],
    ['random numbers', inFunction('return Math.random() > 0.5 ? "A" : "B"')],
    ['random numbers by another way', inFunction('return Math["random"]() > 0.5 ? "A" : "B"')],
    ['an alert', inFunction('alert(host); return "A"')],
    ['this', inFunction('this.n = (this.n || 0) + 1; return "A" + this.n')],
    ['globalThis', inFunction('globalThis.n = 1; return "A"')],
    ['eval', inFunction('return eval("n++")')],
    ['Function', inFunction('return Function("return n++")()')],
    ['a constructor property', inFunction('return "".constructor.constructor("n++")()')],
    ['a computed method', `var l = []; ${inFunction('l["pu" + "sh"](1); return "A" + l.length')}`],
    ['a method under another name', `var l = []; l.grow = l.push; ${inFunction('l.grow(1); return "A" + l.length')}`],
    [
      'a method fetched by a name',
      `var l = [], k = "push"; l.grow = l[k]; ${inFunction('l.grow(1); return "A" + l.length')}`,
    ],
    [
      'a method stored under a name that is computed',
      `var l = [], k = "grow"; l.grow = function () {}; l[k] = l["pu" + "sh"]; ${inFunction('l.grow(1); return "A"')}`,
    ],
    ['a function in a variable', `var l = []; ${inFunction('var f = l.push; return f("a")')}`],
    ['a function as a parameter', `function run(f) { return f("a") } ${inFunction('return run(dnsResolve)')}`],
    ['call and apply', `var l = []; ${inFunction('l.push.call(l, 1); return "A" + l.length')}`],
    ['this for a callback', `var l = []; ${inFunction('[1].forEach(l.push, l); return "A" + l.length')}`],
    ['Object.assign', `var o = {}; ${inFunction('Object.assign(o, { n: 1 }); return o.n')}`],
    ['a regular expression with a memory', `var re = /a/g; ${inFunction('return re.test(host) ? "A" : "B"')}`],
    ['one made with flags', `var re = new RegExp("a", "g"); ${inFunction('return re.test(host) ? "A" : "B"')}`],
    ['an accessor', `var o = { get n() { return 1 } }; ${inFunction('return o.n')}`],
    [
      'a changed prototype',
      `Array.prototype.indexOf = function () { return 0 }; ${inFunction('return [].indexOf(1)')}`,
    ],
    ['a prototype of its own', `var o = { __proto__: [] }; ${inFunction('return o.length')}`],
    ['a Map', `var m = new Map(); ${inFunction('m.set(host, 1); return m.size')}`],
    ['an iterator', `var l = ["a"]; var it = l.values(); ${inFunction('for (var x of it) return x; return "none"')}`],
    ['a generator', `function* g() { yield 1 } ${inFunction('return "A"')}`],
    ['a class', `class C { static n = 0 } ${inFunction('return C.n++')}`],
    ['destructuring', inFunction('var [a] = host.split("."); return a')],
    ['a function in a block', inFunction('if (host) { function f() { return 1 } } return f()')],
    ['with', inFunction('with (host) { return length }')],
    ['arguments', inFunction('return arguments.length')],
    ['delete', `var o = { a: 1 }; ${inFunction('delete o.a; return o.a ? "A" : "B"')}`],
    ['a tagged template', `var l = []; ${inFunction('l.push`x`; return "A" + l.length')}`],
    ['an unknown global', inFunction('return somewhere(host)')],
    [
      'a block variable that shadows a counter',
      `var n = 0; ${inFunction('{ let n = 1; n = 2 } n = n + 1; return "A" + n')}`,
    ],
    ['a function that is replaced', `function f() { return 1 } f = dnsResolve; ${inFunction('return f(host)')}`],
    ['what does not parse', 'function ('],
    ['what is too deep', `${'('.repeat(100_000)}1`],
  ])('does not vouch for %s', async (_, source) => {
    expect(await keepsNoState(source)).toBe(false);
  });
});
