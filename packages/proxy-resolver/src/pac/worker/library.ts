/**
 * The functions that PAC scripts may call, in JavaScript that runs inside the sandbox. It is a function that takes the
 * two ways out of the sandbox and defines the PAC functions globally. They call each other by their global names, so a
 * script that redefines `dnsResolve` changes `isInNet` too, as in browsers.
 *
 * - `query(kind, host)` asks the network and returns text, or null; undefined when no more may be asked in this run.
 * - `log(message)` takes text.
 *
 * It returns the driver, which calls the script's function: `drive('plain' | 'ex', url, host)` returns text that begins
 * with `=` before a result and `!` before a message, so that the host never touches an object of the script's making.
 * Without a URL it only looks whether there is such a function.
 */
export const PAC_LIBRARY = String.raw`(function (query, log) {
  'use strict';
  const toText = String;
  const global = globalThis;
  const isText = (value) => typeof value === 'string';

  // ---- names and patterns ----

  function isPlainHostName(host) {
    if (!isText(host)) throw new TypeError('Requires 1 string parameter');
    return !host.includes('.') && parseIp(host) === null && !/^([0-9]+|0x[0-9a-f]*)$/i.test(host);
  }

  function dnsDomainIs(host, domain) {
    return host.length >= domain.length && host.substring(host.length - domain.length) === toText(domain);
  }

  function localHostOrDomainIs(host, hostdom) {
    return host === hostdom || hostdom.lastIndexOf(host + '.', 0) === 0;
  }

  function dnsDomainLevels(host) {
    return host.split('.').length - 1;
  }

  // A pattern is a regular expression with * for .*, ? for . and a literal dot; all else keeps its meaning. Patterns
  // of plain characters with stars at their ends, nearly all there are, are compared without one.
  const EQUAL = 0, ENDS = 1, STARTS = 2, HOLDS = 3, EXPRESSION = 4;
  const plain = /^\*?[\w.:\/=&%~,;@!<>"'#\x60 -]*\*?$/;
  let matchers = new Map();

  function compile(pattern) {
    if (plain.test(pattern)) {
      const open = pattern.startsWith('*');
      const close = pattern.endsWith('*');
      const kind = open ? (close ? HOLDS : ENDS) : close ? STARTS : EQUAL;
      return { kind, text: pattern.replace(/\*/g, '') };
    }
    const source = pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.');
    return { kind: EXPRESSION, text: new RegExp('^' + source + '$') };
  }

  let lastSubject = '';
  let oneLine = true;

  function shExpMatch(subject, pattern) {
    if (!isText(subject)) subject = toText(subject);
    let matcher = matchers.get(pattern);
    if (matcher === undefined) {
      if (matchers.size >= 4096) matchers = new Map();
      matchers.set(pattern, (matcher = compile(pattern)));
    }
    if (subject !== lastSubject) {
      lastSubject = subject;
      oneLine = !/[\n\r\u2028\u2029]/.test(subject);
    }
    const { kind, text } = matcher;
    if (kind === EQUAL) return subject === text;
    if (kind === EXPRESSION) return text.test(subject);
    if (!oneLine) return false;
    if (kind === ENDS) return subject.endsWith(text);
    return kind === STARTS ? subject.startsWith(text) : subject.includes(text);
  }

  // ---- addresses ----

  function parseIpv4(text) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
    const bytes = text.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : null;
  }

  function parseGroups(text) {
    if (text === '') return [];
    const bytes = [];
    const groups = text.split(':');
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      const ipv4 = i === groups.length - 1 ? parseIpv4(group) : null;
      if (ipv4 !== null) bytes.push(...ipv4);
      else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255);
      else return null;
    }
    return bytes;
  }

  function parseIp(text) {
    if (!text.includes(':')) return parseIpv4(text);
    const halves = text.split('::');
    if (halves.length > 2 || text.length > 45) return null;
    const head = parseGroups(halves[0]);
    const tail = halves.length === 2 ? parseGroups(halves[1]) : [];
    if (head === null || tail === null) return null;
    const missing = 16 - head.length - tail.length;
    if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
    return [...head, ...new Array(missing).fill(0), ...tail];
  }

  const asIpv6 = (bytes) => (bytes.length === 16 ? bytes : [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes]);

  function samePrefix(left, right, bits) {
    for (let i = 0; i < left.length && bits > 0; i++, bits -= 8) {
      const mask = bits >= 8 ? 255 : (255 << (8 - bits)) & 255;
      if (((left[i] ^ right[i]) & mask) !== 0) return false;
    }
    return true;
  }

  // Undocumented, but there in every browser, and scripts use it.
  function convert_addr(address) {
    const [a, b, c, d] = address.split('.');
    return ((a & 255) << 24) | ((b & 255) << 16) | ((c & 255) << 8) | (d & 255);
  }

  function isInNet(host, network, mask) {
    let address = parseIpv4(toText(host));
    if (address === null) {
      const resolved = global.dnsResolve(host);
      if (resolved === null) return false;
      address = parseIpv4(toText(resolved));
    }
    const base = parseIpv4(toText(network));
    const bits = parseIpv4(toText(mask));
    if (address === null || base === null || bits === null) return false;
    for (let i = 0; i < 4; i++) if ((address[i] & bits[i]) !== (base[i] & bits[i])) return false;
    return true;
  }

  function isInNetEx(host, block) {
    if (!isText(host) || !isText(block)) return null;
    const address = parseIp(host);
    const parts = block.split('/');
    const base = parts.length === 2 ? parseIp(parts[0]) : null;
    if (address === null || base === null || !/^\d{1,3}$/.test(parts[1])) return false;
    const bits = Number(parts[1]);
    if (bits > base.length * 8) return false;
    if (address.length === base.length) return samePrefix(address, base, bits);
    return samePrefix(asIpv6(address), asIpv6(base), base.length === 4 ? bits + 96 : bits);
  }

  function sortIpAddressList(list) {
    if (!isText(list)) return null;
    const addresses = [];
    for (const text of list.replace(/[ \t]/g, '').split(';')) {
      if (text === '') continue;
      const bytes = parseIp(text);
      if (bytes === null) return false;
      addresses.push({ text, bytes });
    }
    if (addresses.length === 0) return false;
    addresses.sort((a, b) => {
      if (a.bytes.length !== b.bytes.length) return b.bytes.length - a.bytes.length;
      const i = a.bytes.findIndex((byte, index) => byte !== b.bytes[index]);
      return i < 0 ? 0 : a.bytes[i] - b.bytes[i];
    });
    return addresses.map(({ text }) => text).join(';');
  }

  // ---- the network ----

  // What was answered in this run: the way out of the sandbox is long.
  const answers = new Map();
  let exhausted = false;

  function ask(kind, host, nothing) {
    const key = kind + ' ' + host;
    let answer = answers.get(key);
    if (answer !== undefined) return answer;
    answer = exhausted ? undefined : query(kind, host);
    if (answer === undefined) {
      exhausted = true;
      return nothing;
    }
    answers.set(key, answer);
    return answer;
  }

  function dnsResolve(host) {
    return isText(host) ? ask('dnsResolve', host, null) : null;
  }

  function dnsResolveEx(host) {
    return isText(host) ? ask('dnsResolveEx', host, '') : '';
  }

  function isResolvable(host) {
    return global.dnsResolve(host) !== null;
  }

  function isResolvableEx(host) {
    return global.dnsResolveEx(host) !== '';
  }

  function myIpAddress() {
    return ask('myIpAddress', '', '127.0.0.1');
  }

  function myIpAddressEx() {
    return ask('myIpAddressEx', '', '');
  }

  function alert(message) {
    log(toText(message));
  }

  // ---- the clock ----

  const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

  // The clock that the last argument asks for, with the fields of universal time in the place of local ones for GMT.
  function clock(args) {
    const now = new Date();
    if (args[args.length - 1] !== 'GMT') return now;
    args.pop();
    return new Date(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), now.getUTCHours(), now.getUTCMinutes(),
      now.getUTCSeconds());
  }

  // From the first to the last, both included; a range that ends before it begins goes round.
  const within = (first, value, last) =>
    first <= last ? first <= value && value <= last : value <= last || first <= value;

  function weekdayRange(...args) {
    const today = clock(args).getDay();
    const first = WEEKDAYS.indexOf(args[0]);
    const last = args.length === 2 ? WEEKDAYS.indexOf(args[1]) : first;
    return first >= 0 && last >= 0 && within(first, today, last);
  }

  // The first half of the arguments says where the range begins, counted from the start of this year, the second half
  // where it ends, counted from its end. Each is a day up to 31, the name of a month, or a year.
  function dateRange(...args) {
    if (args.length === 0) return false;
    const now = clock(args);
    if (args.length === 1) {
      const number = parseInt(args[0], 10);
      if (Number.isNaN(number)) return now.getMonth() === MONTHS.indexOf(args[0]);
      return number === (number < 32 ? now.getDate() : now.getFullYear());
    }
    const first = new Date(now.getFullYear(), 0, 1, 0, 0, 0);
    const last = new Date(now.getFullYear(), 11, 31, 23, 59, 59);
    const middle = args.length >> 1;
    let daysOnly = false;
    args.forEach((argument, i) => {
      const bound = i < middle ? first : last;
      const number = parseInt(argument, 10);
      if (Number.isNaN(number)) bound.setMonth(MONTHS.indexOf(argument));
      else if (number >= 32) bound.setFullYear(number);
      else {
        bound.setDate(number);
        if (i < middle && args.length === 2) daysOnly = true;
      }
    });
    if (daysOnly) {
      first.setMonth(now.getMonth());
      last.setMonth(now.getMonth());
    }
    return within(first.getTime(), now.getTime(), last.getTime());
  }

  // Hours; or hours and minutes of begin and end; or hours, minutes and seconds of both.
  function timeRange(...args) {
    if (args.length === 0) return false;
    const now = clock(args);
    const hour = now.getHours();
    if (args.length === 1) return hour === Number(args[0]);
    if (args.length === 2) return args[0] <= hour && hour <= args[1];
    if (args.length !== 4 && args.length !== 6) throw 'timeRange: bad number of arguments';
    const half = args.length / 2;
    const seconds = (start, rest) => args[start] * 3600 + args[start + 1] * 60 + (half === 3 ? +args[start + 2] : rest);
    const second = hour * 3600 + now.getMinutes() * 60 + now.getSeconds();
    return within(seconds(0, 0), second, seconds(half, 59));
  }

  // ---- definitions and driver ----

  const functions = {
    isPlainHostName, dnsDomainIs, localHostOrDomainIs, dnsDomainLevels, shExpMatch, isInNet, isInNetEx, convert_addr,
    sortIpAddressList, dnsResolve, dnsResolveEx, isResolvable, isResolvableEx, myIpAddress, myIpAddressEx, alert,
    weekdayRange, dateRange, timeRange,
  };
  for (const name of Object.keys(functions)) {
    Object.defineProperty(global, name, { value: functions[name], writable: true, configurable: true });
  }

  const ErrorClass = Error;

  function describe(thrown) {
    try {
      if (!(thrown instanceof ErrorClass)) return toText(thrown);
      const line = /proxy\.pac:(\d+)/.exec(thrown.stack);
      return (line === null ? '' : 'line ' + line[1] + ': ') + thrown.name + ': ' + thrown.message;
    } catch {
      return 'an exception that cannot be shown';
    }
  }

  const isFunction = (value) => typeof value === 'function';

  // Browsers look for a property of the global object, which const and let do not make.
  function describeMissing() {
    return typeof FindProxyForURL === 'undefined' || 'FindProxyForURL' in global
      ? 'FindProxyForURL is undefined or not a function.'
      : 'FindProxyForURL is declared by const, let or class, where browsers do not find it; declare it by function or var.';
  }

  return function drive(mode, url, host) {
    answers.clear();
    exhausted = false;
    try {
      const useEx = mode === 'ex' && isFunction(global.FindProxyForURLEx);
      if (!useEx && !isFunction(global.FindProxyForURL)) return '!' + describeMissing();
      if (url === undefined) return '=';
      const result = useEx ? global.FindProxyForURLEx(url, host) : global.FindProxyForURL(url, host);
      if (!isText(result)) return '!FindProxyForURL() did not return a string.';
      return result.length > 65536 ? '!FindProxyForURL() returned more than 65536 characters.' : '=' + result;
    } catch (thrown) {
      return '!' + describe(thrown);
    }
  };
})`;
