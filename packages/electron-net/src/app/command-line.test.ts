import { describe, expect, test } from 'vitest';
import { Switches } from './command-line.js';

describe('switches', () => {
  test.each([
    [['--proxy-server=a:1'], 'proxy-server', 'a:1'],
    [['-proxy-server=a:1'], 'proxy-server', 'a:1'],
    [['--Proxy-Server=A:1'], 'proxy-server', 'A:1'],
    [['--host-rules=MAP a b=c'], 'host-rules', 'MAP a b=c'],
    [['--proxy-server=a', '--proxy-server=b'], 'proxy-server', 'b'],
    [['--no-proxy-server'], 'no-proxy-server', ''],
    [['main.js', '--no-proxy-server', '1'], 'no-proxy-server', ''],
  ])('%j has %s with "%s"', (argv, name, value) => {
    const line = new Switches(argv);
    expect(line.hasSwitch(name)).toBe(true);
    expect(line.getSwitchValue(name)).toBe(value);
  });

  test.each([[['--', '--proxy-server=a']], [['proxy-server=a']], [['--']], [['-']], [[]]])('%j has none', (argv) => {
    const line = new Switches(argv);
    expect(line.hasSwitch('proxy-server')).toBe(false);
    expect(line.getSwitchValue('proxy-server')).toBe('');
  });

  test('are added, replaced and taken away', () => {
    const line = new Switches(['--disable-http2']);
    line.appendSwitch('Host-Rules', 'MAP a b');
    line.appendSwitch('host-rules', 'MAP c d');
    line.removeSwitch('disable-http2');
    line.appendArgument('--no-switch');
    expect(line.getSwitchValue('host-rules')).toBe('MAP c d');
    expect([line.hasSwitch('disable-http2'), line.hasSwitch('no-switch')]).toEqual([false, false]);
  });

  test('have to be texts', () => {
    const line = new Switches([]);
    expect(() => line.appendSwitch(1 as never)).toThrow(
      new TypeError('Error processing argument at index 0, conversion failure from 1'),
    );
    expect(() => line.appendSwitch('a', 2 as never)).toThrow('argument at index 1, conversion failure from 2');
    expect(() => line.hasSwitch(undefined as never)).toThrow('conversion failure from undefined');
  });
});
