import { expect, test } from 'vitest';
import { contentTypeOf } from './content-type.js';

test.each([
  ['/a/index.html', 'text/html'],
  ['/a/App.MJS', 'text/javascript'],
  ['styles.css', 'text/css'],
  ['data.json', 'application/json'],
  ['a.tar.svg', 'image/svg+xml'],
  ['module.wasm', 'application/wasm'],
  ['C:\\notes.txt', 'text/plain'],
  ['/a.html/none', undefined],
  ['/a/html', undefined],
  ['a.', undefined],
  ['a.unheard-of', undefined],
  ['a.constructor', undefined],
  ['a.__proto__', undefined],
  ['', undefined],
])('%s is %s', (path, type) => expect(contentTypeOf(path)).toBe(type));
