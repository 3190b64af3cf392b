import type { Identity } from '@netloom/contracts';
import type { ReplayBody } from '../body/replay.js';
import type { HeaderList } from '../http/headers.js';
import { TRANSACTION } from '../pool/transaction.js';
import type { CacheRequestOptions } from './cache-modes.js';
import type { CookiesRequestOptions } from './cookies.js';
import {
  ANSWER_OBSERVER,
  type AnyOptions,
  ASKS,
  DELIVER_PROXY_AUTH,
  FRESH,
  type InternalFields,
  NORMALISED,
  type NormalOptions,
  PRIVACY,
  REPORT,
  UNCACHED_HEADERS,
  URL_FRAGMENT,
  URL_IDENTITY,
} from './internal.js';
import type { RedirectRequestOptions } from './redirect.js';

/** What the entry layer makes anew of a request. */
export interface NormalFields {
  readonly origin: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: ReplayBody | undefined;
  readonly identity: Identity | undefined;
  readonly fragment: string | undefined;
}

/** What undici's callers hand over beside the fields that every request has. */
interface CallerOptions {
  readonly dispatcher?: unknown;
  readonly signal?: unknown;
  readonly opaque?: unknown;
  readonly responseHeaders?: unknown;
}

type Given = AnyOptions & RedirectRequestOptions & CookiesRequestOptions & CacheRequestOptions & CallerOptions;

/**
 * Dispatch options with every field that a layer may set, be it as undefined. To replace a field in a copy is cheap; to
 * add one costs microseconds on Node 20 (V8 copies an object literal fast only while its shape stays the same).
 *
 * Fields of layers that are not netloom's are kept as far as they have a name: to look for symbols costs as much as all
 * the rest.
 */
export function normalOptions(given: Given, made: NormalFields): NormalOptions {
  return (given[FRESH] === true ? completed(given, made) : copy(given, made)) as unknown as NormalOptions;
}

/**
 * A caller's options with what the layers are told beside them, in the same shape: to spread symbols into a copy costs
 * twenty microseconds. It is not copied once more by {@link normalOptions}.
 */
export function withInternalFields(given: Given, fields: InternalFields): AnyOptions {
  const options = copy(given, given as unknown as NormalFields);
  options.query = given.query;
  options[NORMALISED] = undefined;
  options[FRESH] = true;
  options[URL_IDENTITY] = undefined;
  options[PRIVACY] = fields[PRIVACY];
  options[DELIVER_PROXY_AUTH] = fields[DELIVER_PROXY_AUTH];
  options[ASKS] = fields[ASKS];
  options[REPORT] = fields[REPORT];
  return options as unknown as AnyOptions;
}

type Copy = ReturnType<typeof shape> & Record<string, unknown>;

function copy(given: Given, made: NormalFields): Copy {
  const options: Copy = shape(given, made);
  for (const name of Object.keys(given)) if (!NAMES.has(name)) options[name] = given[name as keyof Given];
  return options;
}

/** Nobody else has the options: what the entry layer made is put into them. */
function completed(given: Given, made: NormalFields): Given {
  const options = given as unknown as Copy;
  options.origin = made.origin;
  options.path = made.path;
  options.headers = made.headers;
  options.body = made.body;
  options.query = undefined;
  options[NORMALISED] = true;
  options[FRESH] = undefined;
  options[URL_IDENTITY] = made.identity;
  options[URL_FRAGMENT] = made.fragment;
  return given;
}

function shape(given: Given, made: NormalFields) {
  return {
    origin: made.origin,
    path: made.path,
    method: given.method,
    headers: made.headers,
    body: made.body,
    query: undefined as unknown,
    upgrade: given.upgrade,
    idempotent: given.idempotent,
    blocking: given.blocking,
    reset: given.reset,
    headersTimeout: given.headersTimeout,
    bodyTimeout: given.bodyTimeout,
    expectContinue: given.expectContinue,
    redirect: given.redirect,
    maxRedirections: given.maxRedirections,
    onRedirect: given.onRedirect,
    cookies: given.cookies,
    cache: given.cache,
    dispatcher: given.dispatcher,
    signal: given.signal,
    opaque: given.opaque,
    responseHeaders: given.responseHeaders,
    [NORMALISED]: true as true | undefined,
    [FRESH]: undefined as true | undefined,
    [URL_IDENTITY]: made.identity ?? given[URL_IDENTITY],
    [URL_FRAGMENT]: made.fragment ?? given[URL_FRAGMENT],
    [ANSWER_OBSERVER]: given[ANSWER_OBSERVER],
    [UNCACHED_HEADERS]: undefined,
    [PRIVACY]: given[PRIVACY],
    [DELIVER_PROXY_AUTH]: given[DELIVER_PROXY_AUTH],
    [ASKS]: given[ASKS],
    [REPORT]: given[REPORT],
    [TRANSACTION]: undefined,
  };
}

const NOTHING: NormalFields = {
  origin: '',
  path: '',
  headers: [],
  body: undefined,
  identity: undefined,
  fragment: undefined,
};
const NAMES = new Set([...Object.keys(shape({ path: '', method: '' }, NOTHING)), '__proto__']);
