/** What a contestant is opened with. */
export interface Setting {
  /** URL of a proxy; without, origins are asked directly. */
  readonly proxy?: string;
  /** How a proxy or an origin wants to be signed in at. */
  readonly signIn?: SignIn;
  /** Connections to one origin, where the contestant has a say. */
  readonly connections: number;
  /** Whether HTTP/2 is offered to https origins. */
  readonly http2?: boolean;
  /** Whether redirects are followed. */
  readonly redirects?: boolean;
  /** Whether coded bodies are decoded. */
  readonly decode?: boolean;
  /** Source of a PAC script that chooses the proxy. */
  readonly pac?: string;
}

/** A scheme and who signs in. */
export interface SignIn {
  readonly scheme: 'basic' | 'digest' | 'ntlm' | 'negotiate';
  readonly username: string;
  readonly password: string;
}

/** A contestant that is ready. What it cannot do is left out. */
export interface Opened {
  /** Gets a small body, in the way that costs least; gives the status. */
  get?(url: string): Promise<number>;
  /** Reads a large body piece by piece; gives its bytes. */
  download?(url: string): Promise<number>;
  /** Sends so many bytes as a stream; gives the status. */
  upload?(url: string, bytes: number): Promise<number>;
  /** Gets JSON. */
  json?(url: string): Promise<unknown>;
  /** Does what is no request, and fails unless that went well. */
  call?(argument: string): Promise<void>;
  /** Does a whole turn by itself, for programs outside this process. */
  turn?(request: OutsideTurn): Promise<OutsideCost>;
  close(): void | Promise<void>;
}

/** What a program outside this process has to do. */
export interface OutsideTurn {
  readonly url: string;
  readonly parallel: number;
  readonly ms: number;
}

/** What that cost; `cpuMs` where the system tells. */
export interface OutsideCost {
  readonly operations: number;
  readonly wallMs: number;
  readonly cpuMs?: number;
}

/** Opens a contestant. */
export type Open = (setting: Setting) => Opened | Promise<Opened>;

/** The contestant is not on this machine, or does not do what a case is about. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** @throws NotHere where the setting asks for what the contestant has not got. */
export function without(setting: Setting, ...lacking: readonly (keyof Setting)[]): void {
  const asked = lacking.find((option) => setting[option] !== undefined && setting[option] !== false);
  if (asked) throw new NotHere(`has no ${asked} of its own`);
}
