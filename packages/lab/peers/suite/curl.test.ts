import { describe, expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at, FILES, PEOPLE, PORTS, type SquidName, type SquidOffer, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';

/**
 * The peers as such, asked by curl: what they do is right whatever netloom does, also for sign-in that netloom does not
 * know yet.
 */
describe('the peers, asked by curl', () => {
  const proxyUser = `${PEOPLE.proxy.username}:${PEOPLE.proxy.password}`;
  const originUser = `${PEOPLE.origin.username}:${PEOPLE.origin.password}`;
  const kerberos = { KRB5_CONFIG: FILES.krb5, KRB5CCNAME: at('curl.ccache') };
  const signIns: Partial<Record<SquidOffer, string[]>> = {
    none: [],
    basic: ['--proxy-basic', '--proxy-user', proxyUser],
    digest: ['--proxy-digest', '--proxy-user', proxyUser],
    ntlm: ['--proxy-ntlm', '--proxy-user', proxyUser],
    negotiate: ['--proxy-negotiate', '--proxy-user', ':'],
  };
  const origins = {
    http: `http://web.test:${PORTS.apacheHttp}`,
    https: `https://web.test:${PORTS.apacheHttps}`,
    h2: `https://web.test:${PORTS.apacheH2}`,
  };

  const rows: { name: string; daemon: string; args: string[]; status: number }[] = [];
  const row = (name: string, daemon: string, args: string[], status = 200) => rows.push({ name, daemon, args, status });

  for (const [offer, signIn] of Object.entries(signIns) as [SquidOffer, string[]][]) {
    for (const protocol of ['http', 'https'] as const) {
      const via = ['--proxy', proxyUrl('main', protocol, offer), ...signIn];
      row(`Squid ${offer} by ${protocol}, http`, 'squid-main', [...via, `${origins.http}/none/`]);
      row(`Squid ${offer} by ${protocol}, https`, 'squid-main', [...via, `${origins.https}/none/`]);
    }
  }
  const spnego = ['--proxy', proxyUrl('spnego', 'http', 'negotiate'), ...signIns.negotiate!];
  row('Squid with SPNEGO, Kerberos', 'squid-spnego', [...spnego, `${origins.https}/none/`]);
  const scheme = ['--proxy', proxyUrl('main', 'http', 'ntlm'), ...signIns.basic!];
  row('Squid ntlm refuses Basic', 'squid-main', [...scheme, `${origins.http}/none/`], 403);

  for (const [label, root] of Object.entries(origins)) {
    row(`Apache basic by ${label}`, 'apache', ['--anyauth', '--user', originUser, `${root}/basic/`]);
    row(`Apache digest by ${label}`, 'apache', ['--digest', '--user', originUser, `${root}/digest/`]);
    row(`Apache kerberos by ${label}`, 'apache', ['--negotiate', '--user', ':', `${root}/kerberos/`]);
  }
  const ntlm = ['--ntlm', '--user', originUser];
  row('Squid as NTLM origin by http', 'squid-main', [...ntlm, `http://web.test:${PORTS.ntlmOriginHttp}/none/`]);
  row('Squid as NTLM origin by https', 'squid-main', [...ntlm, `https://web.test:${PORTS.ntlmOriginHttps}/none/`]);
  const acceptor = `https://web.test:${PORTS.bindingAcceptor}/`;
  row('acceptor of channel bindings', 'acceptor', ['--negotiate', '--user', ':', acceptor]);

  for (const { name, daemon, args, status } of rows) {
    it(name, () =>
      withPeers([daemon, 'samba'], async () => {
        if (args.includes(':')) await ticket();
        const options = ['--silent', '--show-error', '--cacert', FILES.ca, '--proxy-cacert', FILES.ca];
        const code = await run('curl', [...options, '--output', '/dev/null', '-w', '%{http_code}', ...args], kerberos);
        expect(Number(code)).toBe(status);
      }),
    );
  }

  it('the controller issues AES tickets only', () =>
    withPeers(['samba'], async () => {
      await ticket();
      await run('kvno', ['HTTP/proxy.test', 'HTTP/web.test'], kerberos);
      const tickets = await run('klist', ['-e'], kerberos);
      expect(tickets.match(/HTTP\/\w+\.test@/g)).toHaveLength(2);
      expect(tickets).not.toMatch(/arcfour|rc4/i);
    }));

  it('the validator refuses NTLMv1', () =>
    withPeers(['samba'], async () => {
      const client = [
        'smbclient',
        '--configfile=/dev/null',
        '--use-kerberos=off',
        `--user=${proxyUser.replace(':', '%')}`,
      ];
      const share = ['//127.0.0.10/netlogon', '--command=ls'];
      const version = (ntlmv2: 'yes' | 'no') => [...client.slice(1), `--option=client ntlmv2 auth=${ntlmv2}`, ...share];
      await run(client[0]!, version('yes'));
      await expect(run(client[0]!, [...version('no'), '--option=client use spnego=no'])).rejects.toThrow(/NT_STATUS/);
    }));

  /** Fetched once; it lasts for hours. */
  let fetched: Promise<string> | undefined;
  function ticket(): Promise<string> {
    fetched ??= run('sh', ['-c', `echo '${PEOPLE.proxy.password}' | kinit ${PEOPLE.proxy.username}`], kerberos);
    return fetched;
  }
});

function proxyUrl(name: SquidName, protocol: 'http' | 'https', offer: SquidOffer): string {
  return `${protocol}://proxy.test:${squidPort(name, protocol, offer)}`;
}
