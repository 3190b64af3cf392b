import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type Fault, type Lab, type Origin, type SocksOptions } from '../src/index.js';
import { RawClient } from './client.js';

let lab: Lab;
let web: Origin;
beforeAll(async () => {
  lab = await createLab();
  lab.dns.set('web.corp.test', ['127.0.0.1']);
  web = await lab.origin({ protocol: 'http' });
});
afterAll(() => lab.close());

const port = (number = web.port) => [number >> 8, number & 255];
const text = (value: string) => [...Buffer.from(value)];
const counted = (value: string) => [value.length, ...text(value)];
const hello = [5, 1, 0];
const byName = (name: string) => [5, 1, 0, 3, ...counted(name), ...port()];
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Sends byte strings one after the other, each when an answer has come, and gives the answers in hex. */
async function talk(options: SocksOptions, ...messages: number[][]) {
  const server = await lab.socks(options);
  const client = new RawClient(server.port);
  const answers: string[] = [];
  for (const message of messages) {
    client.write(Buffer.from(message));
    const answer = await client.take(/^[\s\S]+/).catch(() => '');
    answers.push(Buffer.from(answer, 'latin1').toString('hex'));
  }
  return { server, client, answers };
}

const GRANTED_5 = '05000001000000000000';
const GRANTED_4 = '005a000000000000';

describe('SOCKS grants', () => {
  it.each<[string, () => number[][], string[]]>([
    ['SOCKS4', () => [[4, 1, ...port(), 127, 0, 0, 1, ...text('me'), 0]], [GRANTED_4]],
    ['SOCKS4a', () => [[4, 1, ...port(), 0, 0, 0, 7, 0, ...text('web.corp.test'), 0]], [GRANTED_4]],
    ['SOCKS5 by address', () => [hello, [5, 1, 0, 1, 127, 0, 0, 1, ...port()]], ['0500', GRANTED_5]],
    ['SOCKS5 by name', () => [hello, byName('web.corp.test')], ['0500', GRANTED_5]],
  ])('%s', async (_name, messages, expected) => {
    const { server, client, answers } = await talk({}, ...messages());
    expect(answers).toEqual(expected);
    client.write(GET);
    await client.take(/ok$/);
    expect(server.stats).toMatchObject({ connections: 1, requests: 1, tunnels: 1 });
    client.socket.destroy();
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  it('SOCKS5 to an IPv6 address, or says that it cannot be reached', async () => {
    const request = [5, 1, 0, 4, ...Array(15).fill(0), 1, ...port()];
    const { answers, server } = await talk({}, hello, request);
    expect(answers[1]).toMatch(/^050[45]0001/);
    expect(server.log.find((event) => event.type === 'request')).toMatchObject({
      target: `0:0:0:0:0:0:0:1:${web.port}`,
    });
  });

  it('user and password', async () => {
    const auth = { username: 'alice', password: 'wonderland' };
    const signIn = (password: string) => [1, ...counted('alice'), ...counted(password)];
    const good = await talk(auth, [5, 2, 0, 2], signIn('wonderland'), byName('web.corp.test'));
    expect(good.answers).toEqual(['0502', '0100', GRANTED_5]);
    expect(good.server.log).toContainEqual({
      type: 'authenticated',
      connection: 1,
      scheme: 'SOCKS5 password',
      user: 'alice',
    });
    const wrong = await talk(auth, [5, 1, 2], signIn('x'));
    expect(wrong.answers).toEqual(['0502', '0101']);
    await wrong.client.closed;
    const none = await talk(auth, hello);
    expect(none.answers).toEqual(['05ff']);
    await none.client.closed;
    const userId = await talk(auth, [4, 1, ...port(), 127, 0, 0, 1, ...text('bob'), 0]);
    expect(userId.answers).toEqual(['005d000000000000']);
  });
});

describe('SOCKS refuses', () => {
  it('what cannot be reached, and what it does not do', async () => {
    const dead = port(await lab.deadPort());
    expect((await talk({}, hello, [5, 1, 0, 1, 127, 0, 0, 1, ...dead])).answers[1]).toMatch(/^0505/);
    expect((await talk({}, hello, byName('unknown.test'))).answers[1]).toMatch(/^0504/);
    expect((await talk({}, hello, [5, 2, 0, 1, 127, 0, 0, 1, ...dead])).answers[1]).toMatch(/^0507/);
    expect((await talk({}, hello, [5, 1, 0, 9])).answers[1]).toMatch(/^0508/);
    expect((await talk({}, [4, 1, ...dead, 127, 0, 0, 1, 0])).answers).toEqual(['005b000000000000']);
  });

  it('versions it does not speak', async () => {
    const only4 = await talk({ versions: ['4'] }, hello);
    expect(only4.answers).toEqual(['']);
    expect(only4.server.url).toBe(`socks4://127.0.0.1:${only4.server.port}`);
    expect((await lab.socks({ versions: ['4a'] })).url).toMatch(/^socks4a:/);
    expect((await lab.socks()).url).toMatch(/^socks5:\/\/127\.0\.0\.1:\d+$/);
    const names = await talk({ versions: ['4'] }, [4, 1, ...port(), 0, 0, 0, 7, 0]);
    expect(names.answers[0]).toMatch(/^005b/);
    expect((await talk({}, [71, 69, 84])).answers).toEqual(['']);
  });
});

describe('SOCKS faults', () => {
  const faulty = (fault: Fault, ...messages: number[][]) => talk({ fault }, ...messages);

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('replies with code %i', async (code) => {
    const { answers, client } = await faulty({ kind: 'socks-reply', code }, hello, byName('web.corp.test'));
    expect(answers).toEqual(['0500', `050${code}0001000000000000`]);
    await client.closed;
  });

  it.each([91, 92, 93])('replies to SOCKS4 with code %i', async (code) => {
    const { answers } = await faulty({ kind: 'socks-reply', code }, [4, 1, ...port(), 127, 0, 0, 1, 0]);
    expect(answers).toEqual([`00${code.toString(16)}000000000000`]);
  });

  it('has a wrong version', async () => {
    expect((await faulty({ kind: 'socks-version' }, hello)).answers).toEqual(['0900']);
    expect(
      (await faulty({ kind: 'socks-version', version: 7 }, [4, 1, ...port(), 127, 0, 0, 1, 0])).answers[0],
    ).toMatch(/^075a/);
  });

  it.each(['accept', 'greeting', 'request', 'tunnel'] as const)('cuts, stalls and garbles at %s', async (at) => {
    for (const kind of ['reset', 'close', 'garbage', 'stall'] as const) {
      const server = await lab.socks({ fault: { kind, at } });
      const client = new RawClient(server.port);
      client.write(Buffer.from([...hello, ...byName('web.corp.test')]));
      await server.until(({ stats }) => stats.faults === 1);
      if (kind === 'stall') client.socket.end();
      await client.closed;
      if (kind === 'garbage') expect(client.received).toContain('garbage');
      if (kind === 'reset') expect(client.error?.code).toBe('ECONNRESET');
      await server.until(({ stats }) => stats.openConnections === 0);
      expect(server.log.some(({ type }) => type === 'defect')).toBe(false);
    }
  });
});
