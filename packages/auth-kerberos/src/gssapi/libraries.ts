import { type Abi, nativeAbi } from '../native/declarations.js';
import { openLibrary } from '../native/koffi.js';
import type { Native } from '../native/library.js';
import { GSSAPI_FUNCTIONS } from './declarations.js';

/** Where GSSAPI is found, best first. */
const NAMES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  // Apple's Heimdal, which knows the ticket that logging in has brought; not MIT's of a package manager.
  darwin: ['/System/Library/Frameworks/GSS.framework/GSS'],
  // MIT, then Heimdal.
  linux: ['libgssapi_krb5.so.2', 'libgssapi.so.3'],
  // The base system has Heimdal; ports have MIT.
  freebsd: ['libgssapi_krb5.so.2', 'libgssapi.so.10', 'libgssapi.so.3'],
  openbsd: ['libgssapi_krb5.so', 'libgssapi.so'],
};

/** The names under which GSSAPI is looked for on a platform; undefined where there is no such library. */
function gssapiNames(platform: NodeJS.Platform = process.platform): readonly string[] | undefined {
  return NAMES[platform];
}

/**
 * Loads GSSAPI.
 *
 * @param path - file name or path of the library, where it is not to be looked for.
 * @throws Error that says which libraries were looked for, and why none can be used.
 */
export async function openGssapi(path?: string): Promise<Native> {
  const names = path === undefined ? gssapiNames() : [path];
  if (names === undefined) throw new Error(`there is no GSSAPI on ${process.platform}`);
  return openLibrary({ names, functions: GSSAPI_FUNCTIONS });
}

/** Apple's header packs structures to two bytes on Intel. */
export function gssapiAbi(platform: NodeJS.Platform = process.platform, arch: string = process.arch): Abi {
  return { ...nativeAbi(arch), ...(platform === 'darwin' && arch === 'x64' && { pack: 2 }) };
}
