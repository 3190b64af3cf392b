import { NetError, type ProxyRoute, parseUrl } from '@netloom/contracts';
import type { Destination } from '../connect/types.js';
import type { Group } from './group.js';
import { Counter } from './room.js';

/** The groups of one origin share the count of its connections. */
interface Host {
  readonly owner: string;
  readonly counter: Counter;
  groups: number;
}

/** The groups of one route. */
class RouteEntry {
  readonly key: string;
  /** Connections to this route's proxy. */
  readonly counter = new Counter();
  readonly #groups = new Map<string, Group>();
  readonly #hosts = new Map<string, Host>();
  readonly #places = new Map<Group, { readonly key: string; readonly host: Host }>();

  constructor(key: string) {
    this.key = key;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** @param owner - the origin; one text for all whose requests share the connections to a proxy. */
  find(owner: string, flags: number): Group | undefined {
    return this.#groups.get(keyIn(owner, flags));
  }

  add(owner: string, flags: number, create: (host: Counter) => Group): Group {
    const key = keyIn(owner, flags);
    const host = this.#hostOf(owner);
    const group = create(host.counter);
    host.groups += 1;
    this.#groups.set(key, group);
    this.#places.set(group, { key, host });
    return group;
  }

  remove(group: Group): void {
    const place = this.#places.get(group);
    if (place === undefined) return;
    this.#places.delete(group);
    this.#groups.delete(place.key);
    place.host.groups -= 1;
    if (place.host.groups === 0) this.#hosts.delete(place.host.owner);
  }

  groups(): IterableIterator<Group> {
    return this.#places.keys();
  }

  #hostOf(owner: string): Host {
    let host = this.#hosts.get(owner);
    if (host === undefined) {
      host = { owner, counter: new Counter(), groups: 0 };
      this.#hosts.set(owner, host);
    }
    return host;
  }
}

function keyIn(owner: string, flags: number): string {
  return flags === 0 ? owner : `${owner} ${flags}`;
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
