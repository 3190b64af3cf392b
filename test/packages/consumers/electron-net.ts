import { app, type ClientRequest, type IncomingMessage, net, type Session, session } from '@netloom/electron-net';
import { net as inUtility } from '@netloom/electron-net/utility';

export async function get(url: string, own: Session = session.defaultSession): Promise<number> {
  await app.whenReady();
  await own.setProxy({ proxyRules: 'http://proxy.test:3128' });
  const request: ClientRequest = net.request({ method: 'POST', url, session: own, redirect: 'manual' });
  request.on('login', (info, callback) => (info.isProxy ? callback('alice', 'wonderland') : callback()));
  request.on(
    'redirect',
    (status, _method, _url, headers) => status < 400 && headers.location && request.followRedirect(),
  );
  return new Promise((resolve, reject) => {
    request.on('error', (error) => reject(error));
    request.on('response', (response: IncomingMessage) => {
      response.on('data', (chunk) => chunk.toString('utf8'));
      response.on('end', () => resolve(response.statusCode));
    });
    request.end('text');
  });
}

export const same: boolean = inUtility === net;
