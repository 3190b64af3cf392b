import { inspect } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { tellOfElectron } from '../src/app/real-electron.js';
import * as common from '../src/common.js';
import { app, NotInNodeError, session } from '../src/index.js';
import * as main from '../src/main.js';
import * as utility from '../src/utility.js';

const named = (exports: object, name: string) =>
  (exports as Record<string, never>)[name] as never as {
    new (): object;
    (): unknown;
    method(): unknown;
  };
const refusal = (feature: string) => new NotInNodeError(feature);

beforeAll(() => app.whenReady());

describe.each([
  ['electron/main', main, 'BrowserWindow'],
  ['electron/main', main, 'shell'],
  ['electron/common', common, 'nativeImage'],
  ['electron/utility', utility, 'parentPort'],
])('%s', (_name, exports, feature) => {
  test(`${feature} can be imported and handed on, and says its name when it is used`, async () => {
    const it = named(exports, feature);
    expect(typeof it).toBe('function');
    expect(await Promise.resolve(it)).toBe(it);
    expect(inspect(it)).toContain('NotInNode');
    expect(() => new it()).toThrow(refusal(feature));
    expect(() => it()).toThrow(refusal(feature));
    expect(() => it.method()).toThrow(refusal(`${feature}.method`));
    expect(() => Object.assign(it, { method: 1 })).toThrow(refusal(feature));
    expect(() => class extends it {}).toThrow(refusal(`${feature}.prototype`));
  });
});

test('what is absent is not in the types', () => {
  // @ts-expect-error: there is no such export
  expect(() => main.BrowserWindow()).toThrow(NotInNodeError);
  // @ts-expect-error: there is no such method
  expect(() => app.getGPUInfo('basic')).toThrow(refusal('app.getGPUInfo'));
  // @ts-expect-error: there is no such method
  expect(() => session.defaultSession.setPermissionRequestHandler(null)).toThrow(
    refusal('session.setPermissionRequestHandler'),
  );
  // @ts-expect-error: there is no such object
  expect(() => session.defaultSession.serviceWorkers.getAllRunning()).toThrow(
    refusal('session.serviceWorkers.getAllRunning'),
  );
  // @ts-expect-error: only the main process has this class
  expect(() => new utility.net.WebSocket('ws://origin.test')).toThrow(refusal('net.WebSocket'));
});

test('what only renderers have is not there at all, so that programs can look for it', () => {
  expect(main).not.toHaveProperty('ipcRenderer');
});

test('the error names what was used', () => {
  const error = refusal('BrowserWindow');
  expect([error.name, error.feature]).toEqual(['NotInNodeError', 'BrowserWindow']);
  expect(error.message).toMatch(/^BrowserWindow of Electron is not available here/);
});

test('the real Electron is told of, once, where it is there', () => {
  const warn = vi.fn();
  tellOfElectron(process.versions, warn);
  expect(warn).not.toHaveBeenCalled();
  tellOfElectron({ ...process.versions, electron: '45.0.0' }, warn);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toContain('This process is Electron 45.0.0');
});
