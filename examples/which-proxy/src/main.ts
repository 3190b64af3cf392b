/**
 * Tells which proxies this machine would use for URLs, and why. Sends nothing to them.
 *
 *     which-proxy [--json] [--env | --pac URL | --wpad | --rules RULES [--bypass LIST]] URL…
 */
import { parseArgs } from 'node:util';
import { createProxyResolver, type ProxyConfig, type ProxyResolution } from '@netloom/proxy-resolver';

const USAGE = 'Usage: which-proxy [--json] [--env | --pac URL | --wpad | --rules RULES [--bypass LIST]] URL…';

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      env: { type: 'boolean', default: false },
      wpad: { type: 'boolean', default: false },
      pac: { type: 'string' },
      rules: { type: 'string' },
      bypass: { type: 'string' },
    },
  });
  const urls = positionals.map((text) => new URL(text.includes('://') ? text : `https://${text}/`));
  if (urls.length === 0) throw new TypeError('no URL is given');
  return { urls, json: values.json, config: configOf(values) };
}

function configOf(values: { env: boolean; wpad: boolean; pac?: string; rules?: string; bypass?: string }): ProxyConfig {
  if (values.env) return { mode: 'env' };
  if (values.wpad) return { mode: 'auto_detect' };
  if (values.pac !== undefined) return { pacScript: values.pac };
  if (values.rules !== undefined) return { proxyRules: values.rules, proxyBypassRules: values.bypass };
  return { mode: 'system' };
}

function print(url: URL, { pac, why }: ProxyResolution): void {
  console.log(`${url.href}\n  ${pac}`);
  console.log(`    source   ${why.source}`);
  if (why.rule !== undefined) console.log(`    because  ${why.rule}`);
  for (const [name, addresses] of Object.entries(why.dns ?? {})) {
    console.log(`    looked up ${name}: ${addresses.join(', ') || 'nothing'}`);
  }
  for (const proxy of why.bad ?? []) console.log(`    failed   ${proxy}`);
  for (const note of why.notes ?? []) console.log(`    note     ${note}`);
}

try {
  const { urls, json, config } = readArguments();
  const resolver = createProxyResolver(config);
  if (!json) resolver.on('alert', ({ message }) => console.log(`  the script says: ${message}`));
  const answers = [];
  for (const url of urls) {
    const resolution = await resolver.resolve(url);
    if (json) answers.push({ url: url.href, pac: resolution.pac, why: resolution.why });
    else print(url, resolution);
  }
  if (json) console.log(JSON.stringify(answers, undefined, 2));
  resolver.close();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError) console.error(USAGE);
  process.exitCode = 1;
}
