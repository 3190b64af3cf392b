/**
 * Tells which proxies this machine would use for URLs, and why. Sends nothing to them.
 *
 *     which-proxy [--json] [--env | --pac URL | --wpad | --rules RULES [--bypass LIST]] URL…
 *
 * Ends with 1 when there is no answer for a URL, with 2 when the command line cannot be understood.
 */
import { parseArgs } from 'node:util';
import { isNetError, type NetError, parseUrl } from '@netloom/contracts';
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
  if (positionals.length === 0) throw new TypeError('no URL is given');
  return { urls: positionals.map(readUrl), json: values.json, config: configOf(values) };
}

/** A URL, or a host that is to be asked by https. */
function readUrl(text: string): URL {
  const url = parseUrl(text.includes('://') ? text : `https://${text}/`);
  if (url === undefined) throw new TypeError(`${text} is neither a URL nor a host`);
  return url;
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
    console.log(`    asked    ${name}: ${addresses.join(', ') || 'nothing'}`);
  }
  for (const proxy of why.bad ?? []) console.log(`    failed   ${proxy}`);
  for (const note of why.notes ?? []) console.log(`    note     ${note}`);
}

async function main(): Promise<void> {
  const { urls, json, config } = readArguments();
  const resolver = createProxyResolver(config);
  if (!json) resolver.on('alert', ({ message }) => console.log(`  the script says: ${message}`));
  const answers: object[] = [];
  for (const url of urls) {
    const answer = await resolver.resolve(url).catch(asNetError);
    if (isNetError(answer)) {
      process.exitCode = 1;
      if (json) answers.push({ url: url.href, error: answer.code, message: answer.message });
      else console.log(`${url.href}\n  ${answer.message}`);
    } else if (json) {
      answers.push({ url: url.href, pac: answer.pac, why: answer.why });
    } else {
      print(url, answer);
    }
  }
  if (json) console.log(JSON.stringify(answers, undefined, 2));
  resolver.close();
}

/** What is no error of the network is a defect, and is thrown on. */
function asNetError(error: unknown): NetError {
  if (isNetError(error)) return error;
  throw error;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
