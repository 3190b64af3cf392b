import { describe, expect, test } from 'vitest';
import { HostMapping, isNotFound } from './host-mapping.js';

describe('host rules', () => {
  test.each<[string, string, string]>([
    ['MAP example.com 127.0.0.1', 'example.com:80', '127.0.0.1:80'],
    ['MAP example.com 127.0.0.1', 'www.example.com:80', 'www.example.com:80'],
    ['map EXAMPLE.com 127.0.0.1:81', 'Example.COM:80', '127.0.0.1:81'],
    ['MAP *.example.com other.test', 'a.b.example.com:80', 'other.test:80'],
    ['MAP *.example.com other.test', 'example.com:80', 'example.com:80'],
    ['MAP * ::1', 'example.com:80', 'example.com:80'],
    ['MAP * [::1]', 'example.com:80', '::1:80'],
    ['MAP * [::1]:77', 'example.com:80', '::1:77'],
    ['MAP * a:99999', 'example.com:80', 'example.com:80'],
    ['MAP example.com:443 other.test:8443', 'example.com:443', 'other.test:8443'],
    ['MAP example.com:443 other.test:8443', 'example.com:80', 'example.com:80'],
    ['MAP example?com other.test', 'exampleXcom:80', 'other.test:80'],
    ['MAP example.com other.test', 'exampleXcom:80', 'exampleXcom:80'],
    ['MAP * other.test, EXCLUDE *.example.com', 'www.example.com:80', 'www.example.com:80'],
    ['EXCLUDE www.example.com,MAP * other.test', 'example.com:80', 'other.test:80'],
    ['MAP a first.test,MAP * second.test', 'a:80', 'first.test:80'],
    ['MAP * too many words', 'example.com:80', 'example.com:80'],
    ['REMAP * other.test', 'example.com:80', 'example.com:80'],
    ['', 'example.com:80', 'example.com:80'],
  ])('%s: %s goes to %s', (rules, target, expected) => {
    const [host = '', port] = target.split(':');
    const mapped = new HostMapping(rules).map({ host, port: Number(port) });
    expect(`${mapped.host}:${mapped.port}`).toBe(expected);
  });

  test('a name may be mapped to one that is not to be found', () => {
    const { host } = new HostMapping('MAP gone.test ~NOTFOUND').map({ host: 'gone.test', port: undefined });
    expect([isNotFound(host), isNotFound('gone.test')]).toEqual([true, false]);
  });

  test('may be none', () => {
    expect([new HostMapping('').isEmpty, new HostMapping('MAP * a').isEmpty]).toEqual([true, false]);
  });
});
