import type { NegotiateOptions } from '@netloom/auth-kerberos';
import { ntlm } from '@netloom/auth-ntlm';
import { type ConnectionScheme, SchemeError } from '@netloom/contracts';
import { basicAuth, negotiateAuth, ntlmAuth } from '@netloom/lab';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type AuthInfo, app, net, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

/** Who is logged in, where somebody is. */
let loggedIn: { username: string; password: string } | undefined;
const options: NegotiateOptions[] = [];

// A machine of a domain takes a domain controller. What is tested here is to whom the logged-in user is shown: NTLM under
// the name of Negotiate signs in where a ticket would.
vi.mock('@netloom/auth-kerberos', () => ({
  negotiate(given: NegotiateOptions): ConnectionScheme {
    options.push(given);
    return {
      ...ntlm(),
      name: 'negotiate',
      start(context) {
        if (loggedIn === undefined) throw new SchemeError('ERR_MISSING_AUTH_CREDENTIALS', { effect: 'disable-scheme' });
        return ntlm().start({ ...context, identity: loggedIn });
      },
    };
  },
}));

const environment = useLab();
beforeEach(() => {
  loggedIn = undefined;
});
const alice = { username: 'alice', password: 'wonderland' };

/** Sends a request as alice; the status, and who asked. */
async function signedIn(url: string): Promise<{ status: number; asked: AuthInfo[] }> {
  const request = net.request({ url, session: environment.session });
  const asked: AuthInfo[] = [];
  request.on('login', (info, callback) => {
    asked.push(info);
    callback(alice.username, alice.password);
  });
  const { response } = await answer(request);
  return { status: response.statusCode, asked };
}

describe('NTLM', () => {
  test.each(['http', 'https'] as const)('signs in at a server by %s', async (protocol) => {
    const origin = await environment.lab.origin({ protocol, auth: { schemes: [ntlmAuth()] } });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    const { status, asked } = await signedIn(`${origin.url}/echo`);
    expect([status, asked.map(({ scheme, isProxy }) => `${scheme} ${isProxy}`)]).toEqual([200, ['ntlm false']]);
    expect(await signedIn(`${origin.url}/echo`)).toEqual({ status: 200, asked: [] });
  });

  test.each(['http', 'https'] as const)('signs in at a proxy, to a %s server', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [ntlmAuth()] } });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    await environment.session.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
    const { status, asked } = await signedIn(`${origin.url}/echo`);
    expect([status, asked.map(({ scheme, isProxy }) => `${scheme} ${isProxy}`)]).toEqual([200, ['ntlm true']]);
  });

  test('is preferred to Basic', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth(), ntlmAuth()] } });
    expect((await signedIn(`${origin.url}/echo`)).asked).toMatchObject([{ scheme: 'ntlm' }]);
  });
});

describe('Negotiate', () => {
  const origin = () => environment.lab.origin({ protocol: 'http', auth: { schemes: [negotiateAuth()] } });

  test('shows the logged-in user to the servers that are named, and nobody is asked', async () => {
    loggedIn = alice;
    const { url } = await origin();
    environment.session.allowNTLMCredentialsForDomains('localhost');
    expect(await signedIn(`${url}/echo`)).toEqual({ status: 200, asked: [] });
    environment.session.allowNTLMCredentialsForDomains('*.corp.test');
    await environment.session.clearAuthCache();
    expect(await signedIn(`${url}/echo`)).toEqual({ status: 401, asked: [] });
    expect(() => environment.session.allowNTLMCredentialsForDomains(1 as never)).toThrow(
      new TypeError('`domains` should be a string'),
    );
  });

  test('shows it to no other', async () => {
    loggedIn = alice;
    expect(await signedIn(`${(await origin()).url}/echo`)).toEqual({ status: 401, asked: [] });
  });

  test('takes the lists of the switches', async () => {
    loggedIn = alice;
    app.commandLine.appendSwitch('auth-server-allowlist', 'localhost');
    app.commandLine.appendSwitch('auth-negotiate-delegate-allowlist', '*.corp.test');
    app.commandLine.appendSwitch('disable-auth-negotiate-cname-lookup');
    const own = session.fromPartition('allowlists of switches');
    const { url } = await origin();
    expect((await own.fetch(`${url}/echo`)).status).toBe(200);
    for (const name of [
      'auth-server-allowlist',
      'auth-negotiate-delegate-allowlist',
      'disable-auth-negotiate-cname-lookup',
    ]) {
      app.commandLine.removeSwitch(name);
    }
    expect(options.at(-1)).toEqual({
      policy: 'chromium',
      spn: { canonicalName: 'never', port: false },
      delegation: { to: '*.corp.test' },
    });
    await own.closeAllConnections();
  });

  test('shows it to a proxy, which needs no entry', async () => {
    loggedIn = alice;
    const plain = await environment.lab.origin({ protocol: 'http' });
    const proxy = await environment.lab.proxy({ auth: { schemes: [negotiateAuth()] } });
    await environment.session.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
    expect(await signedIn(`${plain.url}/echo`)).toEqual({ status: 200, asked: [] });
  });

  test('gives way to NTLM where nobody is logged in', async () => {
    const both = await environment.lab.origin({
      protocol: 'http',
      auth: { schemes: [negotiateAuth(), ntlmAuth()] },
    });
    environment.session.allowNTLMCredentialsForDomains('localhost');
    const { status, asked } = await signedIn(`${both.url}/echo`);
    expect([status, asked.map(({ scheme }) => scheme)]).toEqual([200, ['ntlm']]);
  });
});
