import type * as Electron from 'electron';
import { describe, expectTypeOf, test } from 'vitest';
import type * as ours from '../src/index.js';

/**
 * Ours against the types that Electron publishes, for the members that we have; checked by the compiler. What emits events
 * is left out where Electron lists only its own events, and ours knows Node's as well.
 */
type EmitterMember = keyof NodeJS.EventEmitter;
type Members<T> = Exclude<keyof T, EmitterMember>;

describe('what we give can be used as Electron’s', () => {
  test('net', () => {
    // Sessions are compared below: an Electron.Session has members that ours has not, and so has each option with one.
    type Comparable = Exclude<keyof ours.Net, 'request'>;
    expectTypeOf<Pick<ours.Net, Comparable>>().toExtend<Pick<Electron.Net, Comparable>>();
    expectTypeOf<ReturnType<ours.Net['request']>>().toExtend<ReturnType<Electron.Net['request']>>();
    expectTypeOf<ours.ClientRequest>().toExtend<Electron.ClientRequest>();
    expectTypeOf<ours.IncomingMessage>().toExtend<Electron.IncomingMessage>();
    expectTypeOf<ours.UploadProgress>().toEqualTypeOf<Electron.UploadProgress>();
    expectTypeOf<ours.AuthInfo>().toEqualTypeOf<Electron.AuthInfo>();
  });

  test('session', () => {
    type Comparable = Exclude<Members<ours.Session>, 'cookies'>;
    expectTypeOf<Pick<ours.Session, Comparable>>().toExtend<Pick<Electron.Session, Comparable>>();
    type OfCookies = Members<ours.Cookies>;
    expectTypeOf<Pick<ours.Cookies, OfCookies>>().toExtend<Pick<Electron.Cookies, OfCookies>>();
    expectTypeOf<ours.Cookie>().toEqualTypeOf<Electron.Cookie>();
    expectTypeOf<ours.Certificate>().toEqualTypeOf<Electron.Certificate>();
    expectTypeOf<ours.ResolvedHost['endpoints'][number]['address']>().toEqualTypeOf<string>();
  });

  test('app', () => {
    expectTypeOf<Pick<ours.App, Members<ours.App>>>().toExtend<Pick<Electron.App, Members<ours.App>>>();
  });
});

describe('what programs hand to Electron can be handed to us', () => {
  test('options', () => {
    type Options = Omit<Electron.ClientRequestConstructorOptions, 'session'>;
    expectTypeOf<Options>().toEqualTypeOf<Omit<ours.ClientRequestConstructorOptions, 'session'>>();
    expectTypeOf<Electron.ProxyConfig>().toEqualTypeOf<ours.ProxyConfig>();
    expectTypeOf<Electron.CookiesSetDetails>().toEqualTypeOf<ours.CookiesSetDetails>();
    expectTypeOf<Electron.CookiesGetFilter>().toEqualTypeOf<ours.CookiesGetFilter>();
    expectTypeOf<Electron.ResolveHostOptions>().toEqualTypeOf<ours.ResolveHostOptions>();
  });
});
