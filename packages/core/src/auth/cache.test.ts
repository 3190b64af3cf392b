import { describe, expect, it } from 'vitest';
import { alice, bob } from '../../test/support/sign-in.js';
import { AuthCache, type Credentials, type ProtectionSpaceKey } from './cache.js';

const key = (changes: Partial<ProtectionSpaceKey> = {}): ProtectionSpaceKey => ({
  target: 'server',
  origin: 'http://web.test:80',
  realm: 'r',
  scheme: 'basic',
  ...changes,
});
const credentials = (changes: Partial<Credentials> = {}): Credentials => ({
  identity: alice,
  challenge: { scheme: 'basic', params: [], text: 'Basic' },
  ...changes,
});
const server = (cache: AuthCache, path: string, partition?: string) =>
  cache.findByPath('server', 'http://web.test:80', path, partition)?.realm;

describe('AuthCache', () => {
  it('finds the entry whose directory encloses a path most closely, whatever its query', () => {
    const cache = new AuthCache();
    cache.add(key({ realm: 'root' }), '/', credentials());
    cache.add(key({ realm: 'deep' }), '/a/b/index?x=/y/', credentials());
    expect(server(cache, '/a/b/')).toBe('deep');
    expect(server(cache, '/a/b/c/d?e')).toBe('deep');
    expect(server(cache, '/a/bc')).toBe('root');
    expect(server(cache, '/?/a/b/c')).toBe('root');
  });

  it('replaces credentials and keeps what else is known', () => {
    const cache = new AuthCache();
    const entry = cache.add(key(), '/a/', credentials());
    entry.persistence = 'request';
    expect(cache.add(key(), '/b/', credentials({ identity: bob }))).toBe(entry);
    expect(entry).toMatchObject({ credentials: { identity: bob }, persistence: 'request', paths: ['/b/', '/a/'] });
    expect(cache.size).toBe(1);
  });

  it('removes an entry only with the identity that it holds', () => {
    const cache = new AuthCache();
    cache.add(key(), '/', credentials({ identity: 'ambient' }));
    expect(cache.remove(key(), alice)).toBe(false);
    expect(cache.remove(key(), 'ambient')).toBe(true);
    cache.add(key(), '/', credentials({ identity: { ...alice, domain: 'CORP' } }));
    expect(cache.remove(key(), alice)).toBe(false);
    expect(cache.remove(key(), { ...alice, domain: 'CORP' })).toBe(true);
    cache.add(key(), '/', credentials({ identity: undefined }));
    expect(cache.remove(key(), undefined)).toBe(true);
  });

  it('looks at partitions only where servers are kept apart', () => {
    const cache = new AuthCache();
    cache.add(key({ partition: 'a' }), '/', credentials());
    expect(server(cache, '/', 'b')).toBe('r');
    cache.partitionServers = true;
    expect(cache.size).toBe(0);
    cache.add(key({ partition: 'a' }), '/', credentials());
    cache.add(key({ partition: 'a', target: 'proxy' }), '/', credentials());
    expect(server(cache, '/', 'b')).toBeUndefined();
    expect(server(cache, '/', 'a')).toBe('r');
    expect(cache.find(key({ partition: 'b', target: 'proxy' }))).toBeDefined();
  });

  it('takes its limits as options', () => {
    const cache = new AuthCache({ maxEntries: 2, maxPaths: 1 });
    cache.add(key({ realm: 'a' }), '/', credentials());
    cache.add(key({ realm: 'b' }), '/', credentials());
    expect(cache.findByPath('server', 'http://web.test:80', '/')?.realm).toBe('a'); // now the most recent
    cache.add(key({ realm: 'c' }), '/x/', credentials());
    cache.add(key({ realm: 'c' }), '/y/', credentials());
    expect(['a', 'b', 'c'].filter((realm) => cache.find(key({ realm })))).toEqual(['a', 'c']);
    expect(cache.find(key({ realm: 'c' }))?.paths).toEqual(['/y/']);
  });
});
