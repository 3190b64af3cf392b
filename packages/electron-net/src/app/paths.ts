import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** A folder or file that {@link App.getPath} knows. */
export type PathName =
  | 'home'
  | 'appData'
  | 'assets'
  | 'userData'
  | 'sessionData'
  | 'temp'
  | 'exe'
  | 'module'
  | 'desktop'
  | 'documents'
  | 'downloads'
  | 'music'
  | 'pictures'
  | 'videos'
  | 'recent'
  | 'logs'
  | 'crashDumps';

/** The surroundings that paths follow from. Tests hand in their own. */
export interface PathSurroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program's name. */
  name(): string;
}

/** The paths that a program asks for by name. */
export class Paths {
  readonly #around: PathSurroundings;
  readonly #set = new Map<string, string>();

  constructor(around: PathSurroundings) {
    this.#around = around;
  }

  /** @throws Error for a name that this system has no path for. */
  get(name: PathName): string {
    const path = this.#set.get(name) ?? this.#default(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  /** @throws Error for a relative path and for a name that this system has no path for. */
  set(name: string, path: string): void {
    if (typeof path !== 'string' || !isAbsolute(path)) throw new Error('Path must be absolute');
    if (this.#default(name) === undefined) throw new Error(`Failed to set path: '${name}' is not known`);
    if (name === 'userData') mkdirSync(path, { recursive: true });
    this.#set.set(name, path);
  }

  #default(name: string): string | undefined {
    const { platform } = this.#around;
    switch (name) {
      case 'home':
        return homedir();
      case 'appData':
        return this.#appData();
      case 'userData':
        return join(this.get('appData'), this.#around.name());
      case 'sessionData':
        return this.get('userData');
      case 'temp':
        return tmpdir();
      case 'exe':
      case 'module':
        return process.execPath;
      case 'assets':
        return dirname(process.execPath);
      case 'logs':
        return platform === 'darwin'
          ? join(homedir(), 'Library', 'Logs', this.#around.name())
          : join(this.get('userData'), 'logs');
      case 'crashDumps':
        return join(this.get('userData'), 'Crashpad');
      case 'recent':
        return platform === 'win32' ? join(this.#appData(), 'Microsoft', 'Windows', 'Recent') : undefined;
      default:
        return Object.hasOwn(USER_FOLDERS, name) ? join(homedir(), this.#userFolder(name)) : undefined;
    }
  }

  #appData(): string {
    const { platform, env } = this.#around;
    if (platform === 'win32') return env.APPDATA || join(homedir(), 'AppData', 'Roaming');
    if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
    const configured = env.XDG_CONFIG_HOME ?? '';
    return isAbsolute(configured) ? configured : join(homedir(), '.config');
  }

  #userFolder(name: string): string {
    return name === 'videos' && this.#around.platform === 'darwin' ? 'Movies' : (USER_FOLDERS[name] as string);
  }
}

const USER_FOLDERS: Readonly<Record<string, string>> = {
  desktop: 'Desktop',
  documents: 'Documents',
  downloads: 'Downloads',
  music: 'Music',
  pictures: 'Pictures',
  videos: 'Videos',
};
