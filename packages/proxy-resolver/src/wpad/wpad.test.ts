import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@netloom/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recording } from '../../test/support/recordings.js';
import { askDhcp, broadcastOf } from './dhcp-inform.js';
import { decodeAck, encodeInform } from './dhcp-message.js';
import { parseDhclientLeases, readDhclient } from './linux/dhclient.js';
import { parseNetworkManager } from './linux/network-manager.js';
import { parseNetworkdLease, readNetworkd } from './linux/networkd.js';

const URL_OF_SCRIPT = 'http://wpad.corp.test/wpad.dat';

describe('what DHCP clients learned', () => {
  it('NetworkManager', () => {
    expect(parseNetworkManager(recording('dhcp/nmcli'))).toBe(URL_OF_SCRIPT);
    expect(parseNetworkManager(recording('dhcp/nmcli-without'))).toBeUndefined();
  });

  it('systemd-networkd', async () => {
    expect(parseNetworkdLease(recording('dhcp/networkd'))).toBe(URL_OF_SCRIPT);
    expect(parseNetworkdLease('ADDRESS=10.0.0.1\nOPTION_252=zz\n')).toBeUndefined();
    const folder = await mkdtemp(join(tmpdir(), 'netloom-leases-'));
    await writeFile(join(folder, '2'), 'ADDRESS=10.0.0.1\n');
    await writeFile(join(folder, '3'), recording('dhcp/networkd'));
    expect(await readNetworkd(folder)).toBe(URL_OF_SCRIPT);
    await rm(folder, { recursive: true });
    expect(await readNetworkd(folder)).toBeUndefined();
  });

  it('dhclient', async () => {
    const leases = recording('dhcp/dhclient');
    expect(parseDhclientLeases(leases, Date.UTC(2026, 10, 21, 10, 29))).toBe(URL_OF_SCRIPT);
    expect(parseDhclientLeases(leases, Date.UTC(2026, 10, 21, 10, 31))).toBeUndefined();
    expect(parseDhclientLeases(recording('dhcp/dhclient-unknown'), Date.UTC(2050, 1))).toBe(URL_OF_SCRIPT);
    expect(parseDhclientLeases('', 0)).toBeUndefined();
    const folder = await mkdtemp(join(tmpdir(), 'netloom-leases-'));
    await writeFile(join(folder, 'notes.txt'), leases);
    expect(await readDhclient(0, [folder])).toBeUndefined();
    await writeFile(join(folder, 'dhclient.leases'), leases);
    expect(await readDhclient(Date.UTC(2026, 10, 21), [folder])).toBe(URL_OF_SCRIPT);
    await rm(folder, { recursive: true });
  });
});

/** An acknowledgement with these options. */
function ack(transaction: number, ...options: readonly number[]): Uint8Array {
  const message = encodeInform(transaction, '10.0.0.2', '02:00:00:00:00:01').slice();
  message[0] = 2;
  message.set([53, 1, 5, ...options, 255], 240);
  return message;
}

const option = (code: number, text: string) => [code, text.length, ...Buffer.from(text)];

describe('DHCPINFORM', () => {
  it('is a message of RFC 2131', () => {
    const message = Buffer.from(encodeInform(0x01020304, '10.99.0.2', '02:00:5e:10:00:ff'));
    expect(message.length).toBe(300);
    expect(message.toString('hex', 0, 16)).toBe('0101060001020304000000000a630002');
    expect(message.toString('hex', 28, 34)).toBe('02005e1000ff');
    expect(message.toString('hex', 236, 247)).toBe('638253633501083701fcff');
  });

  it('takes the URL of an acknowledgement, also in parts and with a zero byte at its end', () => {
    expect(decodeAck(ack(7, ...option(252, `${URL_OF_SCRIPT}\0`)), 7)).toBe(URL_OF_SCRIPT);
    expect(decodeAck(ack(7, 0, ...option(252, 'http://a'), ...option(252, '/b')), 7)).toBe('http://a/b');
    expect(decodeAck(ack(7, ...option(15, 'corp.test')), 7)).toBeNull();
    expect(decodeAck(ack(7, ...option(252, '\n')), 7)).toBeNull();
  });

  it('takes no other message', () => {
    expect(decodeAck(ack(7), 8)).toBeUndefined();
    expect(decodeAck(encodeInform(7, '10.0.0.2', '02:00:00:00:00:01'), 7)).toBeUndefined();
    expect(decodeAck(new Uint8Array(10), 7)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const message = ack(7);
        message.set(bytes.subarray(0, 60), 243);
        const url = decodeAck(message, 7);
        expect(url === null || typeof url === 'string' || url === undefined).toBe(true);
      }),
    );
  });

  it('goes to the network’s own broadcast address', () => {
    expect(broadcastOf('10.99.0.2', '255.255.255.0')).toBe('10.99.0.255');
    expect(broadcastOf('172.20.5.6', '255.255.240.0')).toBe('172.20.15.255');
  });

  it('ends with the signal', async () => {
    expect(await askDhcp(systemClock, AbortSignal.abort())).toBeUndefined();
  });
});
