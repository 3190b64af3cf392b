import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readManifest } from './manifest.js';
import { type PathName, Paths } from './paths.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-paths-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pathsOn = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
  new Paths({ platform, env, name: () => 'Program' });

describe('paths', () => {
  test.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', {}, join(homedir(), '.config')],
    ['linux', { XDG_CONFIG_HOME: join(tmpdir(), 'config') }, join(tmpdir(), 'config')],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, join(homedir(), '.config')],
    ['darwin', {}, join(homedir(), 'Library', 'Application Support')],
    ['win32', { APPDATA: 'C:\\Roaming' }, 'C:\\Roaming'],
  ])('on %s with %j the program’s data is below %s', (platform, env, appData) => {
    const paths = pathsOn(platform, env);
    expect(paths.get('appData')).toBe(appData);
    expect(paths.get('userData')).toBe(join(appData, 'Program'));
    expect(paths.get('sessionData')).toBe(join(appData, 'Program'));
  });

  test('every name has one', () => {
    const names: PathName[] = ['home', 'temp', 'exe', 'module', 'assets', 'desktop', 'documents', 'downloads', 'music'];
    names.push('pictures', 'videos', 'logs', 'crashDumps');
    for (const name of names) expect(pathsOn('linux').get(name)).not.toBe('');
    expect(pathsOn('darwin').get('videos')).toBe(join(homedir(), 'Movies'));
  });

  test('an unknown name, and one of another system, have none', () => {
    expect(() => pathsOn('linux').get('recent')).toThrow("Failed to get 'recent' path");
    expect(() => pathsOn('linux').get('constructor' as never)).toThrow("Failed to get 'constructor' path");
    expect(pathsOn('win32').get('recent')).toContain('Recent');
  });

  test('one that is set is in effect for what lies below it, and is made', () => {
    const paths = pathsOn('linux');
    paths.set('userData', join(folder, 'mine'));
    expect(statSync(join(folder, 'mine')).isDirectory()).toBe(true);
    expect(paths.get('sessionData')).toBe(join(folder, 'mine'));
    expect(paths.get('logs')).toBe(join(folder, 'mine', 'logs'));
    expect(() => paths.set('userData', 'relative')).toThrow('Path must be absolute');
    expect(() => paths.set('nowhere', folder)).toThrow('Failed to set path');
  });
});

describe('the manifest of a program', () => {
  test('is the nearest one above its script', () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'program', version: '1.2.3' }));
    expect(readManifest(join(folder, 'src', 'deep', 'main.js'))).toEqual({ name: 'program', version: '1.2.3', folder });
  });

  test('may have a name for people', () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'program', productName: 'The Program' }));
    expect(readManifest(join(folder, 'main.js'))).toEqual({ name: 'The Program', version: undefined, folder });
  });

  test('that cannot be read is none', () => {
    writeFileSync(join(folder, 'package.json'), 'not JSON');
    expect(readManifest(join(folder, 'main.js')).name).not.toBe('not JSON');
  });
});
