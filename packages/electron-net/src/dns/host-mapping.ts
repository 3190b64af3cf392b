/** A host and a port, where it is known. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

interface MapRule {
  readonly matches: RegExp;
  readonly replacement: HostAndPort;
}

/** What a rule maps a name to that is not to be found. */
const NOT_FOUND = '~notfound';

/** Whether a mapped host stands for one that does not exist. */
export function isNotFound(host: string): boolean {
  return host.toLowerCase() === NOT_FOUND;
}

/**
 * Rules of the switches `--host-rules` and `--host-resolver-rules`, in Chromium's grammar: `MAP pattern replacement` and
 * `EXCLUDE pattern`, separated by commas. In a pattern `*` stands for any characters; it is compared with the host, then
 * with `host:port`. A replacement is a host, with or without a port, an address (IPv6 in brackets), or `~NOTFOUND`. The
 * first rule that matches decides. Rules that are not understood are left out.
 */
export class HostMapping {
  readonly #maps: MapRule[] = [];
  readonly #excluded: RegExp[] = [];

  constructor(text: string) {
    for (const rule of text.split(',')) this.#add(rule.trim().split(/\s+/));
  }

  /** Whether there is no rule. */
  get isEmpty(): boolean {
    return this.#maps.length === 0;
  }

  /** What is to be reached instead; the argument itself where no rule matches. */
  map(target: HostAndPort): HostAndPort {
    const host = target.host.toLowerCase();
    const withPort = `${host.includes(':') ? `[${host}]` : host}:${target.port}`;
    const rule = this.#maps.find(({ matches }) => matches.test(host) || matches.test(withPort));
    if (rule === undefined || this.#excluded.some((excluded) => excluded.test(host))) return target;
    return { host: rule.replacement.host, port: rule.replacement.port ?? target.port };
  }

  #add([verb = '', pattern = '', replacement, ...rest]: readonly string[]): void {
    if (rest.length > 0 || pattern === '') return;
    if (/^exclude$/i.test(verb) && replacement === undefined) this.#excluded.push(glob(pattern));
    const parsed = replacement === undefined ? undefined : hostAndPort(replacement);
    if (/^map$/i.test(verb) && parsed !== undefined) this.#maps.push({ matches: glob(pattern), replacement: parsed });
  }
}

function glob(pattern: string): RegExp {
  const escaped = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.?');
  return new RegExp(`^${escaped}$`, 's');
}

function hostAndPort(text: string): HostAndPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? undefined : Number(digits);
  return host === undefined || (port ?? 0) > 65535 ? undefined : { host, port };
}
