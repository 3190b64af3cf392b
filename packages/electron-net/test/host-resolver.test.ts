import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { app, type Session, session } from '../src/index.js';
import { useLab } from './support/lab.js';

const environment = useLab();
const addresses = async (of: Session, host: string, options?: Parameters<Session['resolveHost']>[1]) =>
  (await of.resolveHost(host, options)).endpoints.map(({ address }) => address);

describe('switches', () => {
  let partition = 0;
  const sessionWith = (name: string, value: string) => {
    app.commandLine.appendSwitch(name, value);
    const made = session.fromPartition(`host rules ${++partition}`);
    // Its client reads the switches, too.
    made.setCertificateVerifyProc((_request, callback) => callback(0));
    return made;
  };
  afterEach(() => {
    app.commandLine.removeSwitch('host-resolver-rules');
    app.commandLine.removeSwitch('host-rules');
  });

  test('--host-resolver-rules map names, and say which do not exist', async () => {
    const rules = 'MAP four.test 10.0.0.1, MAP six.test [2001:db8::1], MAP gone.test ~NOTFOUND';
    const mapped = sessionWith('host-resolver-rules', rules);
    expect(await mapped.resolveHost('four.test')).toEqual({ endpoints: [{ address: '10.0.0.1', family: 'ipv4' }] });
    expect(await mapped.resolveHost('six.test')).toEqual({ endpoints: [{ address: '2001:db8::1', family: 'ipv6' }] });
    await expect(mapped.resolveHost('gone.test')).rejects.toThrow(/^net::ERR_NAME_NOT_RESOLVED$/);
    await expect(mapped.resolveHost('four.test', { queryType: 'AAAA' })).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
  });

  test.each(['host-resolver-rules', 'host-rules'])('--%s leads connections to another host and port', async (name) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const mapped = sessionWith(name, `MAP web.test 127.0.0.1:${origin.port}, MAP gone.test ~NOTFOUND`);
    const { headers } = (await (await mapped.fetch('http://web.test/echo')).json()) as { headers: string[] };
    expect(headers.join('|')).toMatch(/host\|web.test\|/i);
    await expect(mapped.fetch('http://gone.test/')).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
    await mapped.closeAllConnections();
  });

  test('--host-rules change what a proxy is asked for, --host-resolver-rules do not', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const proxy = await environment.lab.proxy();
    const proxies = { proxyRules: proxy.url, proxyBypassRules: '<-loopback>' };
    const rules = `MAP web.test 127.0.0.1:${origin.port}`;
    const mapped = sessionWith('host-rules', rules);
    await mapped.setProxy(proxies);
    expect((await mapped.fetch('https://web.test/')).status).toBe(200);
    await mapped.closeAllConnections();
    app.commandLine.removeSwitch('host-rules');
    const resolving = sessionWith('host-resolver-rules', rules);
    await resolving.setProxy(proxies);
    await expect(resolving.fetch('https://web.test/')).rejects.toThrow('net::ERR_TUNNEL_CONNECTION_FAILED');
    await resolving.closeAllConnections();
  });
});

describe('DNS over HTTPS', () => {
  let server: Server;
  let url: string;
  let answers: (question: { type: string; name: string }) => Partial<Record<'answers' | 'rcode' | 'status', unknown>>;
  const asked: string[] = [];

  beforeAll(async () => {
    const { cert, key } = await environment.lab.serverCertificate();
    server = createServer({ cert, key }, async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const inUrl = new URL(request.url as string, 'https://dns.test').searchParams.get('dns');
      const message = inUrl === null ? body : Buffer.from(inUrl, 'base64url');
      const [question] = (decode(message) as DecodedPacket).questions ?? [];
      if (question === undefined) throw new Error('no question');
      asked.push(`${request.method} ${question.type} ${question.name}`);
      const { status = 200, answers: records = [], rcode = 0 } = answers(question);
      response.statusCode = status as number;
      response.setHeader('content-type', 'application/dns-message');
      const packet = { type: 'response', id: 0, flags: rcode, questions: [question], answers: records };
      response.end(encode(packet as Parameters<typeof encode>[0]));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query`;
    return () => {
      server.close();
      server.closeAllConnections();
    };
  });
  beforeEach(() => {
    asked.length = 0;
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    answers = ({ type, name }) => ({
      answers: type === 'A' ? [{ type, name, ttl: 60, data: '127.0.0.1' }] : [{ type, name, ttl: 60, data: '::1' }],
    });
  });
  afterEach(() => app.configureHostResolver({ secureDnsMode: 'off' }));

  test.each([
    ['POST', ''],
    ['GET', '{?dns}'],
  ])('looks names up by %s, keeps the answers, and forgets them', async (method, variable) => {
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [`${url}${variable}`] });
    const own = environment.session;
    expect(await addresses(own, 'web.test')).toEqual(['::1', '127.0.0.1']);
    expect(await addresses(own, 'web.test', { source: 'localOnly' })).toEqual(['::1', '127.0.0.1']);
    expect(asked.sort()).toEqual([`${method} A web.test`, `${method} AAAA web.test`]);
    expect(await addresses(own, 'web.test', { queryType: 'A', cacheUsage: 'disallowed' })).toEqual(['127.0.0.1']);
    expect(asked).toHaveLength(3);
    await own.clearHostResolverCache();
    await expect(own.resolveHost('web.test', { source: 'localOnly' })).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
    await addresses(own, 'web.test', { queryType: 'A' });
    expect(asked).toHaveLength(4);
  });

  test('leads requests', async () => {
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [url] });
    const origin = await environment.lab.origin({ protocol: 'http' });
    expect((await environment.session.fetch(`http://web.test:${origin.port}/echo`)).status).toBe(200);
    expect(asked).toContain('POST A web.test');
  });

  test('goes through the session’s proxy', async () => {
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [url] });
    const proxy = await environment.lab.proxy();
    await environment.session.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
    expect(await addresses(environment.session, 'web.test', { queryType: 'A' })).toEqual(['127.0.0.1']);
    expect(proxy.stats.requests).toBe(1);
  });

  test('follows aliases', async () => {
    answers = ({ type, name }) => ({
      answers: [
        { type: 'CNAME', name, ttl: 60, data: 'alias.test' },
        { type, name: 'alias.test', ttl: 60, data: '10.0.0.9' },
        { type, name: 'other.test', ttl: 60, data: '10.0.0.8' },
      ],
    });
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [url] });
    expect(await addresses(environment.session, 'web.test', { queryType: 'A' })).toEqual(['10.0.0.9']);
  });

  test.each([
    ['a name that does not exist', { rcode: 3 }],
    ['a server that fails', { rcode: 2 }],
    ['another status', { status: 500 }],
    ['a name without addresses', { answers: [] }],
  ])('fails in mode secure: %s', async (_name, answer) => {
    answers = () => answer;
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [url] });
    await expect(environment.session.resolveHost('localhost.test')).rejects.toThrow(/^net::ERR_NAME_NOT_RESOLVED$/);
  });

  test('asks the next server when one cannot be reached', async () => {
    const dead = `https://127.0.0.1:${await environment.lab.deadPort()}/`;
    app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [dead, url] });
    expect(await addresses(environment.session, 'web.test', { queryType: 'A' })).toEqual(['127.0.0.1']);
  });

  test('is left out where it is not wanted', async () => {
    const own = environment.session;
    app.configureHostResolver({ secureDnsMode: 'automatic', secureDnsServers: [url] });
    await addresses(own, 'localhost');
    await addresses(own, '127.0.0.1');
    await own.resolveHost('nobody.invalid', { secureDnsPolicy: 'disable' }).catch(() => undefined);
    await own.resolveHost('nobody.invalid', { source: 'system' }).catch(() => undefined);
    app.configureHostResolver({ secureDnsMode: 'off', secureDnsServers: [url] });
    await own.resolveHost('nobody.invalid').catch(() => undefined);
    expect(asked).toEqual([]);
  });

  test('in mode secure without servers finds nothing, in mode automatic the system does', async () => {
    app.configureHostResolver({ secureDnsMode: 'secure' });
    await expect(environment.session.resolveHost('web.test')).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
    app.configureHostResolver({});
    expect(await addresses(environment.session, 'localhost')).not.toEqual([]);
  });

  test.each<[unknown, string]>([
    [null, 'configureHostResolver needs an object'],
    [{ secureDnsMode: 'on' }, 'secureDnsMode must be one of'],
    [{ secureDnsServers: 'https://dns.test/' }, 'secureDnsServers must be an array of strings'],
    [{ secureDnsServers: ['http://dns.test/'] }, 'not a valid DoH template: http://dns.test/'],
    [{ secureDnsServers: ['https://dns.test/{dns}'] }, 'not a valid DoH template: https://dns.test/{dns}'],
    [{ enableBuiltInResolver: 1 }, 'enableBuiltInResolver must be a boolean'],
  ])('%j is refused', (options, message) => {
    expect(() => app.configureHostResolver(options as never)).toThrow(message);
  });
});
