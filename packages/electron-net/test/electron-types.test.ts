import type * as Electron from 'electron';
import { describe, expectTypeOf, test } from 'vitest';
import type {
  ABSENT_APP_METHODS,
  ABSENT_SESSION_METHODS,
  ABSENT_SESSION_OBJECTS,
  ABSENT_UTILITY_NET_OBJECTS,
} from '../src/absent/members.js';
import type * as ours from '../src/index.js';
import type * as utility from '../src/utility.js';

/**
 * Ours against the types that Electron publishes, for the members that we have; checked by the compiler. What emits events
 * is left out where Electron lists only its own events, and ours knows Node's as well.
 */
type EmitterMember = keyof NodeJS.EventEmitter;
type Members<T> = Exclude<keyof T, EmitterMember>;

describe('what we give can be used as Electron’s', () => {
  test('net', () => {
    // Sessions are compared below: an Electron.Session has members that ours has not, and so has each option with one.
    type Comparable = Exclude<keyof ours.Net, 'request' | 'WebSocket'>;
    expectTypeOf<Pick<ours.Net, Comparable>>().toExtend<Pick<Electron.Net, Comparable>>();
    expectTypeOf<ReturnType<ours.Net['request']>>().toExtend<ReturnType<Electron.Net['request']>>();
    expectTypeOf<ours.ClientRequest>().toExtend<Electron.ClientRequest>();
    expectTypeOf<ours.IncomingMessage>().toExtend<Electron.IncomingMessage>();
    expectTypeOf<ours.WebSocket>().toExtend<Electron.WebSocket>();
    type States = 'CONNECTING' | 'OPEN' | 'CLOSING' | 'CLOSED';
    expectTypeOf<Pick<typeof ours.WebSocket, States>>().toExtend<Pick<typeof Electron.WebSocket, States>>();
    expectTypeOf<ours.UploadProgress>().toEqualTypeOf<Electron.UploadProgress>();
    expectTypeOf<ours.AuthInfo>().toEqualTypeOf<Electron.AuthInfo>();
  });

  test('session', () => {
    type Comparable = Exclude<Members<ours.Session>, 'cookies' | 'protocol'>;
    expectTypeOf<Pick<ours.Session, Comparable>>().toExtend<Pick<Electron.Session, Comparable>>();
    type OfCookies = Members<ours.Cookies>;
    expectTypeOf<Pick<ours.Cookies, OfCookies>>().toExtend<Pick<Electron.Cookies, OfCookies>>();
    expectTypeOf<ours.NetLog>().toEqualTypeOf<Electron.NetLog>();
    expectTypeOf<ours.Cookie>().toEqualTypeOf<Electron.Cookie>();
    expectTypeOf<ours.Certificate>().toEqualTypeOf<Electron.Certificate>();
    expectTypeOf<ours.ResolvedHost['endpoints'][number]['address']>().toEqualTypeOf<string>();
  });

  test('webRequest and protocol', () => {
    expectTypeOf<Pick<ours.WebRequest, keyof ours.WebRequest>>().toExtend<
      Pick<Electron.WebRequest, keyof Electron.WebRequest>
    >();
    expectTypeOf<ours.OnBeforeRequestListenerDetails>().toExtend<Electron.OnBeforeRequestListenerDetails>();
    expectTypeOf<ours.OnBeforeSendHeadersListenerDetails>().toExtend<Electron.OnBeforeSendHeadersListenerDetails>();
    expectTypeOf<ours.OnSendHeadersListenerDetails>().toExtend<Electron.OnSendHeadersListenerDetails>();
    expectTypeOf<ours.OnHeadersReceivedListenerDetails>().toExtend<Electron.OnHeadersReceivedListenerDetails>();
    expectTypeOf<ours.OnBeforeRedirectListenerDetails>().toExtend<Electron.OnBeforeRedirectListenerDetails>();
    expectTypeOf<ours.OnResponseStartedListenerDetails>().toExtend<Electron.OnResponseStartedListenerDetails>();
    expectTypeOf<ours.OnCompletedListenerDetails>().toExtend<Electron.OnCompletedListenerDetails>();
    expectTypeOf<ours.OnErrorOccurredListenerDetails>().toExtend<Electron.OnErrorOccurredListenerDetails>();
    // A response of a handler that calls back has a session, which is compared by itself.
    type CallsBack = `${'register' | 'intercept'}${'Buffer' | 'File' | 'Http' | 'Stream' | 'String'}Protocol`;
    type Comparable = Exclude<keyof ours.Protocol, CallsBack>;
    expectTypeOf<Pick<ours.Protocol, Comparable>>().toExtend<Pick<Electron.Protocol, Comparable>>();
    expectTypeOf<keyof ours.Protocol>().toEqualTypeOf<keyof Electron.Protocol>();
    expectTypeOf<keyof ours.WebRequest>().toEqualTypeOf<keyof Electron.WebRequest>();
    expectTypeOf<ours.ProtocolRequest>().toExtend<Electron.ProtocolRequest>();
  });

  test('app', () => {
    expectTypeOf<Pick<ours.App, Members<ours.App>>>().toExtend<Pick<Electron.App, Members<ours.App>>>();
  });
});

describe('what programs hand to Electron can be handed to us', () => {
  test('options', () => {
    type Options = Omit<Electron.ClientRequestConstructorOptions, 'session'>;
    expectTypeOf<Options>().toEqualTypeOf<Omit<ours.ClientRequestConstructorOptions, 'session'>>();
    expectTypeOf<Omit<Electron.WebSocketOptions, 'session'>>().toEqualTypeOf<Omit<ours.WebSocketOptions, 'session'>>();
    expectTypeOf<Electron.ProxyConfig>().toEqualTypeOf<ours.ProxyConfig>();
    expectTypeOf<Electron.CookiesSetDetails>().toEqualTypeOf<ours.CookiesSetDetails>();
    expectTypeOf<Electron.CookiesGetFilter>().toEqualTypeOf<ours.CookiesGetFilter>();
    expectTypeOf<Electron.ResolveHostOptions>().toEqualTypeOf<ours.ResolveHostOptions>();
    expectTypeOf<Electron.StartLoggingOptions>().toEqualTypeOf<ours.StartLoggingOptions>();
    expectTypeOf<Electron.Config>().toEqualTypeOf<ours.SSLConfig>();
    expectTypeOf<Electron.EnableNetworkEmulationOptions>().toEqualTypeOf<ours.EnableNetworkEmulationOptions>();
    expectTypeOf<Electron.ConfigureHostResolverOptions>().toEqualTypeOf<ours.ConfigureHostResolverOptions>();
    expectTypeOf<Electron.ImportCertificateOptions>().toEqualTypeOf<ours.ImportCertificateOptions>();
    expectTypeOf<Electron.PreconnectOptions>().toEqualTypeOf<ours.PreconnectOptions>();
    expectTypeOf<Electron.FromPartitionOptions>().toEqualTypeOf<ours.FromPartitionOptions>();
    expectTypeOf<Electron.FromPathOptions>().toEqualTypeOf<ours.FromPathOptions>();
    expectTypeOf<Electron.WebRequestFilter>().toEqualTypeOf<ours.WebRequestFilter>();
    expectTypeOf<Electron.CallbackResponse>().toEqualTypeOf<ours.CallbackResponse>();
    expectTypeOf<Electron.BeforeSendResponse>().toEqualTypeOf<ours.BeforeSendResponse>();
    expectTypeOf<Electron.HeadersReceivedResponse>().toEqualTypeOf<ours.HeadersReceivedResponse>();
    expectTypeOf<Electron.CustomScheme>().toEqualTypeOf<ours.CustomScheme>();
    expectTypeOf<Electron.ProtocolSource>().toEqualTypeOf<ours.ProtocolSource>();
    expectTypeOf<Omit<Electron.ProtocolResponse, 'session'>>().toEqualTypeOf<Omit<ours.ProtocolResponse, 'session'>>();
    expectTypeOf<Electron.SharedDictionaryInfo>().toEqualTypeOf<ours.SharedDictionaryInfo>();
    expectTypeOf<Electron.SharedDictionaryUsageInfo>().toEqualTypeOf<ours.SharedDictionaryUsageInfo>();
    expectTypeOf<Electron.SharedDictionaryInfoOptions>().toEqualTypeOf<ours.DictionaryKey>();
  });
});

describe('what Electron gives can be used as ours', () => {
  test('net, requests, responses and cookies', () => {
    // What a request takes from Node's streams is wider than Electron says; so are the arguments of net.request and fetch.
    expectTypeOf<Pick<Electron.Net, 'isOnline' | 'online' | 'resolveHost'>>().toExtend<
      Pick<ours.Net, 'isOnline' | 'online' | 'resolveHost'>
    >();
    type OfRequest = Exclude<Members<Electron.ClientRequest>, 'write' | 'end'>;
    expectTypeOf<Pick<Electron.ClientRequest, OfRequest>>().toExtend<Pick<ours.ClientRequest, OfRequest>>();
    type OfResponse = Members<Electron.IncomingMessage>;
    expectTypeOf<Pick<Electron.IncomingMessage, OfResponse>>().toExtend<Pick<ours.IncomingMessage, OfResponse>>();
    type OfCookies = Members<Electron.Cookies>;
    expectTypeOf<OfCookies>().toEqualTypeOf<Members<ours.Cookies>>();
    expectTypeOf<Pick<Electron.Cookies, OfCookies>>().toExtend<Pick<ours.Cookies, OfCookies>>();
    expectTypeOf<Electron.ClearDataOptions>().toEqualTypeOf<ours.ClearDataOptions>();
    expectTypeOf<Electron.ClearStorageDataOptions>().toEqualTypeOf<ours.ClearStorageDataOptions>();
  });

  // Beyond Electron, ours takes URL objects; its fetch has responses of Node's own types.
  test('session', () => {
    type Comparable = Exclude<Members<ours.Session>, 'cookies' | 'fetch' | 'protocol' | 'webRequest'>;
    expectTypeOf<Pick<Electron.Session, Comparable>>().toExtend<Pick<ours.Session, Comparable>>();
    type Module = Pick<ours.SessionModule, 'fromPartition' | 'fromPath'>;
    expectTypeOf<Parameters<Module['fromPartition']>>().toEqualTypeOf<
      Parameters<(typeof Electron.session)['fromPartition']>
    >();
    expectTypeOf<Parameters<Module['fromPath']>>().toEqualTypeOf<Parameters<(typeof Electron.session)['fromPath']>>();
  });

  test('app', () => {
    expectTypeOf<Pick<Electron.App, Members<ours.App>>>().toExtend<Pick<ours.App, Members<ours.App>>>();
    expectTypeOf<Pick<Electron.CommandLine, keyof Electron.CommandLine>>().toEqualTypeOf<ours.CommandLine>();
  });

  test('listeners of the app’s events', () => {
    type Listener<E extends keyof ours.AppEvents> = (...args: ours.AppEvents[E]) => void;
    // What a listener is given by Electron; its windows are null here, and its event has fewer members.
    expectTypeOf<Listener<'certificate-error'>>().parameter(4).toExtend<Electron.Certificate>();
    expectTypeOf<Listener<'certificate-error'>>().parameter(5).toExtend<(isTrusted: boolean) => void>();
    expectTypeOf<Listener<'select-client-certificate'>>().parameter(3).toEqualTypeOf<Electron.Certificate[]>();
    expectTypeOf<Listener<'select-client-certificate'>>()
      .parameter(4)
      .toEqualTypeOf<(certificate?: Electron.Certificate) => void>();
    expectTypeOf<Listener<'login'>>().parameter(2).toExtend<Electron.AuthenticationResponseDetails>();
    expectTypeOf<Listener<'login'>>().parameter(3).toEqualTypeOf<Electron.AuthInfo>();
    expectTypeOf<Listener<'session-created'>>().parameters.toEqualTypeOf<[ours.Session]>();
  });
});

describe('every member of Electron’s', () => {
  test('app is there, or says its name when it is used', () => {
    // Properties of desktops, which are undefined here as they are under Electron on other systems.
    type Desktop = 'accessibilitySupportEnabled' | 'applicationMenu' | 'badgeCount' | 'dock';
    type Missing = Exclude<
      Members<Electron.App>,
      keyof ours.App | Desktop | 'runningUnderARM64Translation' | 'toastActivatorCLSID'
    >;
    expectTypeOf<(typeof ABSENT_APP_METHODS)[number]>().toEqualTypeOf<Missing>();
  });

  test('net is there, or says its name when it is used', () => {
    expectTypeOf<Exclude<Members<Electron.Net>, keyof ours.Net>>().toEqualTypeOf<never>();
    type Missing = Exclude<Members<Electron.Net>, keyof utility.Net>;
    expectTypeOf<(typeof ABSENT_UTILITY_NET_OBJECTS)[number]>().toEqualTypeOf<Missing>();
  });

  test('session is there, or says its name when it is used', () => {
    type Missing = Exclude<
      Members<Electron.Session>,
      keyof ours.Session | 'availableSpellCheckerLanguages' | 'spellCheckerEnabled'
    >;
    type Absent = (typeof ABSENT_SESSION_METHODS)[number] | (typeof ABSENT_SESSION_OBJECTS)[number];
    expectTypeOf<Absent>().toEqualTypeOf<Missing>();
  });
});
