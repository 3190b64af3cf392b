import type { EventEmitter } from 'node:events';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import type { ProxyConfig } from '../proxy/proxy-config.js';
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
   * Says by which proxies requests go that belong to no session: those of `net` from `electron/utility`. Rejects before
   * the app is ready, and as {@link Session.setProxy} does.
   */
  setProxy(config: ProxyConfig): Promise<void>;
  /** The proxies for a URL outside of sessions; see {@link Session.resolveProxy}. Rejects before the app is ready. */
  resolveProxy(url: string): Promise<string>;
  /** Emits `before-quit`, `will-quit` and `quit`, then ends the process with code 0. */
  quit(): void;
  /** Emits `quit`, then ends the process at once. */
  exit(exitCode?: number): void;
}

/** The program: becomes ready when its main script has run. */
export const app: App = new NodeApp();
