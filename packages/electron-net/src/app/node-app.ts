import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { withoutMembers } from '../absent/absent.js';
import { ABSENT_APP_METHODS } from '../absent/members.js';
import {
  type ConfigureHostResolverOptions,
  checkHostResolverOptions,
  hostResolverConfig,
} from '../dns/host-resolver-config.js';
import { NetLogFile } from '../log/net-log-file.js';
import { appProxies } from '../proxy/app-proxies.js';
import type { ProxyConfig } from '../proxy/proxy-config.js';
import { checkImport, clientCertificates, type ImportCertificateOptions } from '../session/client-certificates.js';
import type { App, AppEvents } from './app.js';
import { appEvent } from './app-event.js';
import { type CommandLine, commandLine } from './command-line.js';
import { type Manifest, readManifest } from './manifest.js';
import { type PathName, Paths } from './paths.js';
import { tellOfElectron } from './real-electron.js';
import { userAgentFallback } from './user-agent.js';

/** @internal The one {@link App} of a process. */
export class NodeApp extends EventEmitter<AppEvents> implements App {
  /** As in Electron, whatever a bundler calls the class. */
  static override readonly name = 'App';
  readonly commandLine: CommandLine = commandLine;
  readonly isPackaged = false;
  readonly #ready: Promise<void>;
  readonly #paths = new Paths({ platform: process.platform, env: process.env, name: () => this.getName() });
  #isReady = false;
  #name: string | undefined;
  #manifest: Manifest | undefined;

  static {
    withoutMembers(NodeApp.prototype, 'app', { methods: ABSENT_APP_METHODS });
  }

  constructor() {
    super();
    tellOfElectron(process.versions, process.emitWarning);
    this.#ready = new Promise((resolve) => {
      // After the turn in which the main script runs, and what it has queued.
      setImmediate(() => {
        this.emit('will-finish-launching');
        this.#startNetLog();
        this.#isReady = true;
        resolve();
        this.emit('ready', appEvent(), {});
      });
    });
  }

  get name(): string {
    return this.getName();
  }

  set name(name: string) {
    this.setName(name);
  }

  get userAgentFallback(): string {
    return userAgentFallback.value;
  }

  set userAgentFallback(userAgent: string) {
    if (typeof userAgent !== 'string') throw new TypeError('`userAgentFallback` should be a string');
    userAgentFallback.value = userAgent;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  getName(): string {
    return this.#name ?? this.#program.name ?? 'Electron';
  }

  setName(name: string): void {
    if (typeof name !== 'string') throw new TypeError('`name` should be a string');
    this.#name = name;
  }

  getVersion(): string {
    return this.#program.version ?? process.versions.node;
  }

  getAppPath(): string {
    return this.#program.folder;
  }

  getPath(name: PathName): string {
    return this.#paths.get(name);
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  configureHostResolver(options: ConfigureHostResolverOptions): void {
    if (!this.#isReady) throw new Error('configureHostResolver cannot be called before the app is ready');
    hostResolverConfig.current = checkHostResolverOptions(options);
  }

  async setProxy(config: ProxyConfig): Promise<void> {
    this.#requireReady('setProxy');
    appProxies().set(config);
  }

  async resolveProxy(url: string): Promise<string> {
    this.#requireReady('resolveProxy');
    return appProxies().describe(url);
  }

  importCertificate(options: ImportCertificateOptions, callback: (result: number) => void): void {
    checkImport(options, callback);
    // What the callback throws is nobody's rejection.
    void clientCertificates.import(options).then((result) => setImmediate(callback, result));
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

  /** What cannot be logged does not keep the program from running. */
  #startNetLog(): void {
    if (!commandLine.hasSwitch('log-net-log')) return;
    try {
      const file = commandLine.getSwitchValue('log-net-log') || join(this.getPath('userData'), 'netlog.json');
      new NetLogFile(file, { program: { name: this.getName(), version: this.getVersion() } });
    } catch (error) {
      process.emitWarning(error as Error);
    }
  }

  #requireReady(method: string): void {
    if (!this.#isReady) throw new Error(`app.${method}() can only be called after app is ready.`);
  }

  get #program(): Manifest {
    this.#manifest ??= readManifest(process.argv[1]);
    return this.#manifest;
  }
}
