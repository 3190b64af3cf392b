import { hostname } from 'node:os';
import { NAME_LIMITS } from './security/account.js';

/** What {@link ntlm} and {@link ntlmMechanism} take. */
export interface NtlmOptions {
  /** Name of this machine as the server sees it, at most 255 UTF-16 units. Default: the operating system's host name. */
  readonly workstation?: string | undefined;
  /**
   * Whether the Negotiate message carries the version field, which makes it 40 bytes long. Some acceptors refuse a
   * shorter one. False gives the 32 bytes that Chromium sends. Default true.
   */
  readonly versionField?: boolean | undefined;
  /**
   * Whether the response names its target and the TLS channel, so that it cannot be relayed to another one (Extended
   * Protection for Authentication). Switch it off only for a server that stands behind something that ends TLS or
   * renames it, and that refuses both for this reason. Default true.
   */
  readonly extendedProtection?: boolean | undefined;
  /**
   * The response to make. Only NTLMv2: LM, LMv2 and NTLMv1 are refused, as anyone who hears them finds the password.
   * Default `NTLMv2`.
   */
  readonly response?: 'NTLMv2' | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly workstation: string;
  readonly versionField: boolean;
  readonly extendedProtection: boolean;
}

/** Checks the options and fills in what is missing. */
export function settingsOf(options: NtlmOptions): Settings {
  const { workstation = hostname(), versionField = true, extendedProtection = true, response = 'NTLMv2' } = options;
  requireNtlmv2(response);
  if (typeof workstation !== 'string' || workstation.length > NAME_LIMITS.workstation) {
    throw new TypeError(`workstation has to be a string of at most ${NAME_LIMITS.workstation} UTF-16 units`);
  }
  for (const [name, value] of Object.entries({ versionField, extendedProtection })) {
    if (typeof value !== 'boolean') throw new TypeError(`${name} has to be a boolean`);
  }
  return { workstation, versionField, extendedProtection };
}

const REFUSED: readonly unknown[] = ['LM', 'LMv2', 'NTLMv1'];

function requireNtlmv2(response: unknown): void {
  if (response === 'NTLMv2') return;
  if (REFUSED.includes(response)) throw new TypeError(`response ${response} is refused: only NTLMv2 is supported`);
  throw new TypeError('response has to be NTLMv2');
}
