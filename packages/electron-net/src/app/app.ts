import { EventEmitter } from 'node:events';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import { type AppEvent, appEvent } from './app-event.js';

/** Events of {@link App} and their listeners' arguments. */
export interface AppEvents {
  'will-finish-launching': [];
  /** The program's main script has run; from now on `net` and `session` may be used. */
  ready: [event: AppEvent, launchInfo: Record<string, unknown>];
  /** A server or proxy asks a `fetch` for credentials, and its session has no listener. Who answers prevents the default. */
  login: [
    event: AppEvent,
    webContents: null,
    details: { isRequestForNavigation: boolean; pid: number },
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
  /** Whether `ready` has been emitted. False while the main script runs. */
  isReady(): boolean;
  /** Resolves when the app is ready. */
  whenReady(): Promise<void>;
  /** Emits `before-quit`, `will-quit` and `quit`, then ends the process with code 0. */
  quit(): void;
  /** Emits `quit`, then ends the process at once. */
  exit(exitCode?: number): void;
}

class NodeApp extends EventEmitter<AppEvents> implements App {
  readonly #ready: Promise<void>;
  #isReady = false;

  constructor() {
    super();
    this.#ready = new Promise((resolve) => {
      // After the turn in which the main script runs, and what it has queued.
      setImmediate(() => {
        this.emit('will-finish-launching');
        this.#isReady = true;
        resolve();
        this.emit('ready', appEvent(), {});
      });
    });
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  quit(): void {
    for (const name of ['before-quit', 'will-quit'] as const) {
      const event = appEvent();
      this.emit(name, event);
      if (event.defaultPrevented) return;
    }
    this.exit(0);
  }

  exit(exitCode = 0): void {
    this.emit('quit', appEvent(), exitCode);
    process.exit(exitCode);
  }
}

/** The program: becomes ready when its main script has run. */
export const app: App = new NodeApp();
