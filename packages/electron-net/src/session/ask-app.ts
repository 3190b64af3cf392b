import type { AuthAsk } from '@netloom/contracts';
import { app } from '../app/app.js';
import { appEvent } from '../app/app-event.js';
import { apart } from '../emit.js';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import type { Certificate } from './certificate.js';
import type { CertificateQuestion } from './certificate-judge.js';

/*
 * Questions that sessions put to the app. A listener decides only where it has prevented the default, as in Electron.
 */

/** Asks for credentials; returns whether somebody answers. */
export function askForLogin(info: AuthInfo, callback: LoginCallback, { url, attempt }: AuthAsk): boolean {
  const event = appEvent();
  const details = { url, pid: process.pid, isRequestForNavigation: false, firstAuthAttempt: attempt === 1 };
  app.emit('login', event, null, details, info, callback);
  return event.defaultPrevented;
}

/** Asks whether a certificate is trusted that the default check refuses; undefined when nobody decides. */
export function askAboutCertificate({ url, error, certificate }: CertificateQuestion): Promise<boolean> | undefined {
  if (app.listenerCount('certificate-error') === 0) return undefined;
  const event = appEvent();
  const answer = new Promise<boolean>((resolve) => {
    const callback = (isTrusted: boolean) => resolve(isTrusted === true);
    apart(() => app.emit('certificate-error', event, null, url, error, certificate, callback, false), false);
  });
  return event.defaultPrevented ? answer : undefined;
}

/**
 * Asks which certificate to show to an origin; the first one unless somebody decides.
 *
 * @param peer - `host:port`.
 * @returns undefined: none.
 */
export async function askForClientCertificate(peer: string, list: Certificate[]): Promise<Certificate | undefined> {
  const event = appEvent();
  const answer = new Promise<Certificate | undefined>((resolve) => {
    const callback = (certificate?: Certificate | null) => {
      const chosen = certificate && list.find(({ data }) => data === certificate.data);
      resolve(chosen ?? undefined);
      if (certificate !== undefined && certificate !== null && chosen === undefined) {
        throw new TypeError('Must pass valid certificate object: one of those that were given to the listener');
      }
    };
    apart(() => app.emit('select-client-certificate', event, null, peer, [...list], callback), false);
  });
  return event.defaultPrevented ? answer : list[0];
}
