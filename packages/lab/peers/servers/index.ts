import { startAcceptor } from './acceptor.js';
import { startApache } from './apache.js';
import { writeCertificates } from './certificates.js';
import { startEcho } from './echo-origin.js';
import { startMitmproxy } from './mitmproxy.js';
import { writePasswords } from './passwords.js';
import { startSamba } from './samba.js';
import { startDante, startMicrosocks } from './socks.js';
import { startSquid } from './squid.js';
import { startWpad } from './wpad.js';

/** Starts every peer; those that need nothing of another start side by side. */
export async function startPeers(): Promise<void> {
  await Promise.all([
    startEcho(),
    startDante(),
    startMicrosocks(),
    startWpad(),
    Promise.all([startSamba(), writeCertificates(), writePasswords()]).then(() =>
      Promise.all([
        startSquid('main'),
        startSquid('strict'),
        startSquid('spnego'),
        startSquid('inspecting'),
        startApache(),
        startAcceptor(),
        startMitmproxy(),
      ]),
    ),
  ]);
}
