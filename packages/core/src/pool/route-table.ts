import { NetError, type ProxyRoute, parseUrl } from '@netloom/contracts';
import type { Destination } from '../connect/types.js';
import type { Counter, Group } from './group.js';

/** The groups of one route. */
class RouteEntry {
  readonly key: string;
  /** Connections to this route's proxy. */
  readonly counter: Counter = { open: 0 };
  readonly #groups = new Map<string, Group>();
  readonly #hosts = new Map<string, Counter>();
  readonly #keys = new Map<Group, Set<string>>();

  constructor(key: string) {
    this.key = key;
  }

  get size(): number {
    return this.#groups.size;
  }

  find(origin: string, flags: number): Group | undefined {
    return this.#groups.get(flags === 0 ? origin : `${origin} ${flags}`);
  }

  /** Requests in absolute form share the group of their proxy, whatever their origin. */
  add(origin: string, flags: number, absoluteForm: boolean, create: (host: Counter) => Group): Group {
    const owner = absoluteForm ? '*' : origin;
    const shared = `${owner} ${flags}`;
    let group = this.#groups.get(shared);
    if (group === undefined) {
      let host = this.#hosts.get(owner);
      if (host === undefined) {
        host = { open: 0 };
        this.#hosts.set(owner, host);
      }
      group = create(host);
      this.#keys.set(group, new Set());
      this.#remember(shared, group);
    }
    this.#remember(flags === 0 ? origin : `${origin} ${flags}`, group);
    return group;
  }

  remove(group: Group): void {
    for (const key of this.#keys.get(group) ?? []) this.#groups.delete(key);
    this.#keys.delete(group);
    for (const [owner, host] of this.#hosts) if (host.open === 0 && !this.#uses(host)) this.#hosts.delete(owner);
  }

  groups(): IterableIterator<Group> {
    return this.#keys.keys();
  }

  #remember(key: string, group: Group): void {
    this.#groups.set(key, group);
    this.#keys.get(group)?.add(key);
  }

  #uses(host: Counter): boolean {
    for (const group of this.#keys.keys()) if (group.counters.includes(host)) return true;
    return false;
  }
}

/** Finds the groups of a route; equal routes share them. */
export class RouteTable {
  readonly #entries = new Map<string, RouteEntry>();
  #byRoute = new WeakMap<ProxyRoute, RouteEntry>();

  entry(route: ProxyRoute): RouteEntry {
    const known = this.#byRoute.get(route);
    if (known !== undefined) return known;
    const key = keyOf(route);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = new RouteEntry(key);
      this.#entries.set(key, entry);
    }
    this.#byRoute.set(route, entry);
    return entry;
  }

  remove(group: Group): void {
    const entry = this.entry(group.profile.route);
    entry.remove(group);
    if (entry.size > 0) return;
    this.#entries.delete(entry.key);
    this.#byRoute = new WeakMap();
  }

  *groups(): IterableIterator<Group> {
    for (const entry of this.#entries.values()) yield* entry.groups();
  }
}

function keyOf({ proxy }: ProxyRoute): string {
  if (proxy === undefined) return 'direct';
  const { scheme, host, port, resolveAt, credentials } = proxy;
  return JSON.stringify([scheme, host, port, resolveAt, credentials?.username, credentials?.password]);
}

/** Whether requests go to the route's proxy with the whole URL, and not through a tunnel. */
export function usesAbsoluteForm({ proxy }: ProxyRoute, origin: string, upgrade: boolean): boolean {
  return (proxy?.scheme === 'http' || proxy?.scheme === 'https') && !upgrade && origin.startsWith('http:');
}

/** Origins whose parts are remembered: parsing one takes longer than all else that a request asks about it. */
const MAX_DESTINATIONS = 256;
const destinations = new Map<string, Destination>();

/** @throws NetError when the origin is no http or https URL. */
export function destinationOf(origin: string): Destination {
  const known = destinations.get(origin);
  if (known !== undefined) return known;
  const destination = parseOrigin(origin);
  if (destinations.size >= MAX_DESTINATIONS) destinations.clear();
  destinations.set(origin, destination);
  return destination;
}

function parseOrigin(origin: string): Destination {
  const url = parseUrl(origin);
  if (url === undefined) throw new NetError('ERR_INVALID_URL', { detail: 'origin has to be scheme://host[:port]' });
  const { protocol, hostname, port } = url;
  if (protocol !== 'http:' && protocol !== 'https:') throw new NetError('ERR_UNKNOWN_URL_SCHEME', { url: origin });
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { protocol, host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
