import type { EventEmitter } from 'node:events';
import type { ConfigureHostResolverOptions } from '../dns/host-resolver-config.js';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import type { ProxyConfig } from '../proxy/proxy-config.js';
import type { Certificate } from '../session/certificate.js';
import type { ImportCertificateOptions } from '../session/client-certificates.js';
import type { Session } from '../session/session.js';
import type { AppEvent } from './app-event.js';
import type { CommandLine } from './command-line.js';
import { NodeApp } from './node-app.js';
import type { PathName } from './paths.js';

/** Whose sign-in is asked for; see {@link AppEvents}. */
export interface AuthenticationResponseDetails {
  /** URL of the request, without user info. */
  url: string;
  pid: number;
  isRequestForNavigation: boolean;
  /** Whether no credentials have been refused yet. */
  firstAuthAttempt: boolean;
}

/** Events of {@link App} and their listeners' arguments. */
export interface AppEvents {
  'will-finish-launching': [];
  /** The program's main script has run; from now on `net` and `session` may be used. */
  ready: [event: AppEvent, launchInfo: Record<string, unknown>];
  /** A session was made, by the program or because a request needed it. */
  'session-created': [session: Session];
  /** A server or proxy asks a `fetch` for credentials, and its session has no listener. Who answers prevents the default. */
  login: [
    event: AppEvent,
    webContents: null,
    details: AuthenticationResponseDetails,
    authInfo: AuthInfo,
    callback: LoginCallback,
  ];
  /**
   * The default check refuses a server's certificate. Who prevents the default decides by calling back, and is not asked
   * about the same certificate of that host again once it is trusted.
   */
  'certificate-error': [
    event: AppEvent,
    webContents: null,
    url: string,
    error: string,
    certificate: Certificate,
    callback: (isTrusted: boolean) => void,
    isMainFrame: boolean,
  ];
  /**
   * An origin wants a certificate of the client, and some were imported. Unless the default is prevented, the first one of
   * the list is shown; else the one that the listener calls back with, without an argument none. The session asks once
   * for each host and port.
   */
  'select-client-certificate': [
    event: AppEvent,
    webContents: null,
    /** `host:port` of the origin. */
    url: string,
    certificateList: Certificate[],
    callback: (certificate?: Certificate) => void,
  ];
  /** {@link App.quit} was called; may be prevented. */
  'before-quit': [event: AppEvent];
  'will-quit': [event: AppEvent];
  quit: [event: AppEvent, exitCode: number];
}

/** The program, as far as a plain Node process has what Electron's `app` is about. */
export interface App extends EventEmitter<AppEvents> {
  /** The switches of the process, and those that the program adds. */
  readonly commandLine: CommandLine;
  /** False: a program in plain Node is not packaged. */
  readonly isPackaged: boolean;
  /** The program's name: `productName` or `name` of its `package.json`. */
  name: string;
  /** What requests call themselves where their session does not say otherwise. */
  userAgentFallback: string;
  /** Whether `ready` has been emitted. False while the main script runs. */
  isReady(): boolean;
  /** Resolves when the app is ready. */
  whenReady(): Promise<void>;
  /** The same as {@link App.name}. */
  getName(): string;
  setName(name: string): void;
  /** `version` of the program's `package.json`, else that of Node. */
  getVersion(): string;
  /** The folder of the program's `package.json`. */
  getAppPath(): string;
  /**
   * A folder or file of the system or the program. `userData`, where sessions keep what outlives the process, is a folder
   * with the program's name among the user's application data.
   *
   * @throws Error for a name that this system has no path for.
   */
  getPath(name: PathName): string;
  /**
   * Has {@link App.getPath} answer otherwise from now on. A folder for `userData` is made if it is not there.
   *
   * @throws Error for a relative path and an unknown name.
   */
  setPath(name: string, path: string): void;
  /**
   * Says how names are looked up, in all sessions: by DNS over HTTPS or the system. Questions go by
   * the session's proxies and are trusted by its rules. What they need themselves, and what PAC scripts ask, is looked up
   * by the system.
   *
   * @throws Error before the app is ready; TypeError naming the option that cannot be used.
   */
  configureHostResolver(options: ConfigureHostResolverOptions): void;
  /**
   * Says by which proxies requests go that belong to no session: those of `net` from `electron/utility`. Rejects before
   * the app is ready, and as {@link Session.setProxy} does.
   */
  setProxy(config: ProxyConfig): Promise<void>;
  /** The proxies for a URL outside of sessions; see {@link Session.resolveProxy}. Rejects before the app is ready. */
  resolveProxy(url: string): Promise<string>;
  /**
   * Reads a certificate and its key from a PKCS #12 file, for origins that want one. They are kept in memory, for all
   * sessions and as long as the process lives; connections are begun anew and credentials asked for again.
   *
   * @param callback - told 0, or the number of Chromium's error: −6 for a file that is not there, −701 for a wrong
   * password, −708 for a file that is no PKCS #12, and others.
   * @throws TypeError naming the argument that cannot be used.
   */
  importCertificate(options: ImportCertificateOptions, callback: (result: number) => void): void;
  /** Emits `before-quit`, `will-quit` and `quit`, then ends the process with code 0. */
  quit(): void;
  /** Emits `quit`, then ends the process at once. */
  exit(exitCode?: number): void;
}

/** The program: becomes ready when its main script has run. */
export const app: App = new NodeApp();
