import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DnsTable, NameNotFoundError } from './dns.js';

describe('DnsTable', () => {
  it('answers what was set, in order and by family', async () => {
    const dns = new DnsTable().set('Web.Corp.Test', ['::1', '127.0.0.1']);
    expect(await dns.lookup('web.corp.test.')).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await dns.lookup('web.corp.test', { family: 4 })).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(dns.queries).toEqual(['web.corp.test', 'web.corp.test']);
  });

  it('knows localhost and literals, and nothing else', async () => {
    const dns = new DnsTable();
    expect(await dns.lookup('localhost')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await dns.lookup('192.0.2.1')).toEqual([{ address: '192.0.2.1', family: 4 }]);
    await expect(dns.lookup('example.com')).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: 'example.com' });
    await expect(dns.lookup('localhost', { family: 6 })).rejects.toBeInstanceOf(NameNotFoundError);
    expect(dns.delete('localhost')).toBe(false);
  });

  it('refuses what is no address', () => {
    expect(() => new DnsTable().set('a.test', ['b.test'])).toThrow("Not an IP address: 'b.test'");
  });

  it('is aborted by its signal', async () => {
    await expect(new DnsTable().lookup('localhost', { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  it('serves as the lookup of node:net', async () => {
    const { netLookup } = new DnsTable().set('a.test', ['127.0.0.1', '127.0.0.2']);
    const one = await new Promise((resolve) => netLookup('a.test', {}, (...answer) => resolve(answer)));
    expect(one).toEqual([null, '127.0.0.1', 4]);
    const all = await new Promise((resolve) => netLookup('a.test', { all: true }, (_, answers) => resolve(answers)));
    expect(all).toHaveLength(2);
    const error = await new Promise((resolve) =>
      connect({ host: 'unknown.test', port: 1, lookup: netLookup }).on('error', resolve),
    );
    expect(error).toMatchObject({ code: 'ENOTFOUND' });
  });
});
