/** Global functions without state or clock, which may also be handed to a function that calls them. */
export const PURE_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['isPlainHostName', 'dnsDomainIs', 'localHostOrDomainIs', 'dnsDomainLevels', 'shExpMatch', 'isInNet', 'isInNetEx'],
  'convert_addr',
  ...[
    'sortIpAddressList',
    'dnsResolve',
    'dnsResolveEx',
    'isResolvable',
    'isResolvableEx',
    'myIpAddress',
    'myIpAddressEx',
  ],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'String', 'Number', 'Boolean'],
  ...['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'escape', 'unescape'],
]);

/** Global values that never change. */
export const CONSTANTS: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity']);

/** Methods of global objects, as `object.method`, without state, clock or random numbers. */
export const PURE_STATICS: ReadonlySet<string> = new Set([
  ...['Object.keys', 'Object.values', 'Object.hasOwn', 'Array.isArray', 'Array.of', 'String.fromCharCode'],
  ...['Number.isInteger', 'Number.isNaN', 'Number.parseInt', 'Number.parseFloat', 'JSON.stringify'],
  ...[
    'Math.abs',
    'Math.ceil',
    'Math.floor',
    'Math.max',
    'Math.min',
    'Math.pow',
    'Math.round',
    'Math.sqrt',
    'Math.trunc',
  ],
]);

/** Constructors of objects that hold nothing but what they are given. */
export const PURE_CONSTRUCTORS: ReadonlySet<string> = new Set([
  'Array',
  'Object',
  'String',
  'Number',
  'Error',
  'TypeError',
]);

/** Methods of texts, lists and regular expressions that change nothing. */
export const PURE_METHODS: ReadonlySet<string> = new Set([
  ...['at', 'charAt', 'charCodeAt', 'codePointAt', 'concat', 'endsWith', 'includes', 'indexOf', 'lastIndexOf'],
  ...[
    'localeCompare',
    'match',
    'normalize',
    'padEnd',
    'padStart',
    'repeat',
    'replace',
    'replaceAll',
    'search',
    'slice',
  ],
  ...['split', 'startsWith', 'substr', 'substring', 'toLowerCase', 'toUpperCase', 'trim', 'trimEnd', 'trimStart'],
  ...['join', 'flat', 'test', 'exec', 'toString', 'valueOf', 'toFixed', 'hasOwnProperty'],
]);

/** Methods that call what they are given. */
export const CALLING_METHODS: ReadonlySet<string> = new Set([
  ...['every', 'filter', 'find', 'findIndex', 'findLast', 'flatMap', 'forEach', 'map', 'some'],
]);

/** Methods that change their object. */
export const CHANGING_METHODS: ReadonlySet<string> = new Set([
  ...['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice', 'unshift'],
]);

/** Methods whose result is a new object. */
export const COPYING_METHODS: ReadonlySet<string> = new Set(['concat', 'filter', 'map', 'slice', 'split']);

/** Properties that lead out of what can be followed. */
export const FORBIDDEN_PROPERTIES: ReadonlySet<string> = new Set([
  ...['apply', 'arguments', 'bind', 'call', 'callee', 'caller', 'constructor', 'prototype', '__proto__', 'lastIndex'],
  ...['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__'],
]);
