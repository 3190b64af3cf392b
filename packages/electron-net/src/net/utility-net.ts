import { withoutMembers } from '../absent/absent.js';
import { ABSENT_UTILITY_NET_OBJECTS } from '../absent/members.js';
import { appProxies } from '../proxy/app-proxies.js';
import { askAboutCertificate, askForClientCertificate, askForLogin } from '../session/ask-app.js';
import { networkOf } from '../session/browsing-session.js';
import { Network } from '../session/network.js';
import { resolveHost } from '../session/resolve-host.js';
import { ClientRequest } from './client-request.js';
import { fetchWith } from './fetch.js';
import { givenSession } from './given-session.js';
import type { Net as MainNet } from './net.js';
import { isOnline } from './online.js';
import { parseRequestOptions } from './request-options.js';

/** Requests, as the module `net` of Electron's utility processes makes them; see {@link MainNet}. */
export type Net = Omit<MainNet, 'WebSocket'>;

let made: Network | undefined;

/** What requests go by that belong to no session. */
function network(): Network {
  made ??= new Network({
    storagePath: null,
    onLogin: askForLogin,
    onCertificateError: askAboutCertificate,
    onClientCertificate: askForClientCertificate,
    proxies: appProxies(),
  });
  return made;
}

/**
 * Requests as Electron's utility processes make them: in no session, by the proxies of {@link App.setProxy}, and at any
 * time.
 */
export const net: Net = {
  request(given, callback) {
    const request = parseRequestOptions(given);
    const own = givenSession(request);
    return new ClientRequest(request, own === undefined ? network() : networkOf(own), callback);
  },
  async fetch(input, init) {
    return fetchWith(network(), input, init, net.request === request ? undefined : net.request);
  },
  async resolveHost(host, options) {
    return resolveHost(network().hostResolver, host, options);
  },
  isOnline,
  get online() {
    return isOnline();
  },
};

const { request } = net;
withoutMembers(net, 'net', { methods: [], objects: ABSENT_UTILITY_NET_OBJECTS });
