import type { HostAddress } from '@netloom/contracts';
import type { Client } from '@netloom/core';
import type { SecureDnsServer } from './host-resolver-config.js';

/** Addresses, and how long they may be used. */
export interface DnsAnswer {
  readonly addresses: readonly HostAddress[];
  /** Seconds. */
  readonly ttl: number;
}

/** What DNS messages of RFC 8484 are sent as. */
const MEDIA_TYPE = 'application/dns-message';
/** A DNS message cannot be longer. */
const MAX_MESSAGE_BYTES = 65_535;
/** Milliseconds for one question to one server. */
const TIMEOUT = 10_000;
/** Seconds that an answer is used at most. */
const MAX_TTL = 86_400;

const TYPES = { 4: 'A', 6: 'AAAA' } as const;

/** A server said that a name has no address, as the system's resolver would. */
class NoAddressError extends Error {
  readonly code = 'ENOTFOUND';
}

/**
 * The addresses of a host by DNS over HTTPS (RFC 8484), from the first server that answers.
 *
 * @param client - what the questions are sent by.
 * @param families - whose addresses are wanted.
 * @throws an error with the code `ENOTFOUND` when there is no address; else that of the last server.
 */
export async function lookupSecurely(
  client: Client,
  servers: readonly SecureDnsServer[],
  host: string,
  families: readonly (4 | 6)[],
  signal: AbortSignal | undefined,
): Promise<DnsAnswer> {
  let failure: unknown = new Error('there is no server for DNS over HTTPS');
  for (const server of servers) {
    try {
      const answers = await Promise.all(families.map((family) => ask(client, server, host, family, signal)));
      const addresses = answers.flatMap((answer) => answer.addresses);
      if (addresses.length === 0) throw new NoAddressError(`no address of ${host}`);
      return { addresses, ttl: Math.min(...answers.map((answer) => answer.ttl)) };
    } catch (error) {
      if (error instanceof NoAddressError || signal?.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function ask(
  client: Client,
  { url, byGet }: SecureDnsServer,
  host: string,
  family: 4 | 6,
  signal: AbortSignal | undefined,
): Promise<DnsAnswer> {
  const { decode, encode, RECURSION_DESIRED } = await import('dns-packet');
  // RFC 8484 section 4.1: an id of 0 lets caches answer.
  const question = { type: 'query', id: 0, flags: RECURSION_DESIRED, questions: [{ type: TYPES[family], name: host }] };
  const message = encode(question as Parameters<typeof encode>[0]);
  const limit = AbortSignal.timeout(TIMEOUT);
  const { statusCode, headers, body } = await client.request(
    byGet ? `${url}${url.includes('?') ? '&' : '?'}dns=${message.toString('base64url')}` : url,
    {
      method: byGet ? 'GET' : 'POST',
      headers: { accept: MEDIA_TYPE, ...(byGet ? {} : { 'content-type': MEDIA_TYPE }) },
      ...(byGet ? {} : { body: message }),
      credentials: 'omit',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    },
  );
  if (statusCode !== 200 || !String(headers['content-type']).startsWith(MEDIA_TYPE)) {
    await body.dump();
    throw new Error(`the server for DNS over HTTPS answers with ${statusCode} ${headers['content-type'] ?? ''}`);
  }
  return addressesIn(decode(await read(body)), host, family);
}

async function read(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_MESSAGE_BYTES) throw new Error('the server for DNS over HTTPS sends more than a DNS message');
  }
  return Buffer.concat(chunks);
}

type DecodedPacket = ReturnType<typeof import('dns-packet')['decode']>;

/** RFC 1034 section 3.6.2: the addresses of a name are those at the end of its aliases. */
function addressesIn(packet: DecodedPacket, host: string, family: 4 | 6): DnsAnswer {
  const rcode = (packet as { rcode?: string }).rcode ?? 'NOERROR';
  if (rcode === 'NXDOMAIN') throw new NoAddressError(`no address of ${host}`);
  if (packet.type !== 'response' || rcode !== 'NOERROR') throw new Error(`the DNS server answers with ${rcode}`);
  const records = packet.answers ?? [];
  let name = host.toLowerCase();
  let ttl = MAX_TTL;
  for (let aliases = 0; aliases <= records.length; aliases += 1) {
    const alias = records.find((record) => record.type === 'CNAME' && record.name.toLowerCase() === name);
    if (alias?.type !== 'CNAME') break;
    name = alias.data.toLowerCase();
    ttl = Math.min(ttl, alias.ttl ?? 0);
  }
  const addresses: HostAddress[] = [];
  for (const record of records) {
    if (record.type !== TYPES[family] || record.name.toLowerCase() !== name) continue;
    addresses.push({ address: record.data as string, family });
    ttl = Math.min(ttl, record.ttl ?? 0);
  }
  return { addresses, ttl };
}
