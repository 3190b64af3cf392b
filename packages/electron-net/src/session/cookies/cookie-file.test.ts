import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CookieFile, type KeptCookie, nameInFile } from './cookie-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-cookies-'));
  path = join(folder, 'deep', 'cookies.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function cookie(name: string, more: Partial<KeptCookie> = {}): KeptCookie {
  const attributes = { secure: false, httpOnly: false, sameSite: 'lax' as const };
  return { name, value: '1', domain: 'a.test', hostOnly: true, path: '/', expires: 9e9, ...attributes, ...more };
}

const changes = (...cookies: KeptCookie[]) => new Map(cookies.map((one) => [nameInFile(one), one]));
const names = () => [...new CookieFile(path).read().values()].map(({ name }) => name);

test('gives what was put in, and no more of what was removed', () => {
  const file = new CookieFile(path);
  expect(file.read().size).toBe(0);
  expect(file.tryChange(changes(cookie('a'), cookie('b', { domain: 'b.test', hostOnly: false })))).toBe(true);
  expect([...file.read().values()]).toEqual([cookie('a'), cookie('b', { domain: 'b.test', hostOnly: false })]);
  file.tryChange(new Map([[nameInFile(cookie('a')), null]]));
  expect(names()).toEqual(['b']);
});

test('changes what others have written meanwhile', () => {
  const [one, other] = [new CookieFile(path), new CookieFile(path)];
  one.read();
  other.tryChange(changes(cookie('theirs')));
  one.tryChange(changes(cookie('ours')));
  expect(names()).toEqual(['theirs', 'ours']);
});

test.skipIf(process.platform === 'win32')('is for its owner alone', () => {
  new CookieFile(path).tryChange(changes(cookie('a')));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a write that fails leaves what there was, and nothing else', () => {
  const file = new CookieFile(path);
  file.tryChange(changes(cookie('a')));
  const unwritable = Object.assign(cookie('b'), {
    toJSON() {
      throw new Error('cannot be written');
    },
  });
  expect(() => file.tryChange(new Map([['b', unwritable]]))).toThrow('cannot be written');
  expect(names()).toEqual(['a']);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['cookies.json']);
});

describe('a file that cannot be read', () => {
  test.each([
    ['is no JSON', '{"version":1,"cookies":[{'],
    ['is of another version', '{"version":2,"cookies":[]}'],
    ['is no list', '{"version":1}'],
    ['is null', 'null'],
    ['has a cookie that is none', JSON.stringify({ version: 1, cookies: [{ ...cookie('a'), sameSite: 'x' }] })],
    [
      'has a cookie without an expiry date',
      JSON.stringify({ version: 1, cookies: [{ ...cookie('a'), expires: 'x' }] }),
    ],
  ])('because it %s is put aside with a warning', (_why, content) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const file = new CookieFile(path);
    file.tryChange(changes(cookie('a')));
    writeFileSync(path, content);
    expect(file.tryChange(changes(cookie('b')))).toBe(true);
    expect(names()).toEqual(['b']);
    const aside = readdirSync(join(folder, 'deep')).find((name) => name.includes('broken')) as string;
    expect(readFileSync(join(folder, 'deep', aside), 'utf8')).toBe(content);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining(aside));
    warned.mockRestore();
  });
});

describe('the lock of another process', () => {
  const lock = () => `${path}.lock`;

  test('is respected', () => {
    const file = new CookieFile(path);
    file.tryChange(changes(cookie('a')));
    writeFileSync(lock(), '1');
    expect(file.tryChange(changes(cookie('b')))).toBe(false);
    rmSync(lock());
    expect(file.tryChange(changes(cookie('b')))).toBe(true);
    expect(names()).toEqual(['a', 'b']);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['cookies.json']);
  });

  test('is taken away when its process must have crashed', () => {
    const file = new CookieFile(path);
    file.tryChange(changes(cookie('a')));
    writeFileSync(lock(), '1');
    utimesSync(lock(), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    expect(file.tryChange(changes(cookie('b')))).toBe(true);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['cookies.json']);
  });
});
