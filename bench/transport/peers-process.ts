/** The lab in a process of its own, so that client and servers do not share a core's time. */
import { once } from 'node:events';
import { createLab } from '@netloom/lab';

const lab = await createLab();
// The origins by a name that is not this machine's own.
lab.dns.set('web.corp.test', ['127.0.0.1']);
const [http, https, h2] = await Promise.all(
  (['http', 'https', 'h2'] as const).map((protocol) => lab.origin({ protocol })),
);
const proxy = await lab.proxy();
process.send?.({ http: http?.url, https: https?.url, h2: h2?.url, proxy: proxy.url, ca: lab.ca.cert });
await once(process, 'disconnect');
await lab.close();
