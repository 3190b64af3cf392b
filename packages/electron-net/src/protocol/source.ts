import { isAbsolute, resolve, sep } from 'node:path';
import { NetError, parseUrl } from '@netloom/contracts';
import { fieldNames, toFieldList } from '../net/header-list.js';
import { readFileAnswer } from './file-answer.js';
import type { AnswerRequest } from './handlers.js';

/** Which URLs a route serves. */
export interface Match {
  /** Host, without regard to case. Default: any. */
  host?: string;
  /** Beginning of the path as it stands in a URL. Default `/`. */
  path?: string;
}

/** What a route is served from. */
export interface Source {
  /** `directory`. */
  type: string;
  /** Absolute path of the folder. */
  root: string;
  /** The file for a path that ends in `/`; empty: none. Default `index.html`. */
  index?: string;
  /** Fields that every file gets beside its own. */
  headers?: Record<string, string>;
}

/** One folder and the URLs that it serves. */
export interface ProtocolRoute {
  match?: Match;
  source: Source;
}

/** What {@link Protocol.registerSource} takes. */
export interface ProtocolSource {
  /** A route with a host wins over one without; then the longest path does. */
  routes: ProtocolRoute[];
}

/**
 * Serves files of folders. What is not there, or lies outside of its folder, is `ERR_FILE_NOT_FOUND`. It goes by
 * paths: a symbolic link in a folder leads to wherever it points.
 *
 * @throws TypeError naming what of the source cannot be used.
 */
export function answerFromSource(source: ProtocolSource): AnswerRequest {
  const routes = checkedRoutes(source);
  return async (request) => {
    const notFound = (detail: string) => new NetError('ERR_FILE_NOT_FOUND', { url: request.url, detail });
    if (request.method !== 'GET' && request.method !== 'HEAD') throw notFound(`${request.method} of a file`);
    const { host, pathname } = new URL(request.url);
    const route = routes.find(({ match }) => covers(match, host, pathname));
    if (route === undefined) throw notFound('no route matches');
    const { root, index = 'index.html', headers = {} } = route.source;
    const path = pathWithin(root, pathname.slice((route.match?.path ?? '/').length), index);
    if (path === undefined) throw notFound('the path leads nowhere inside of its folder');
    const answer = await readFileAnswer(path, request);
    const own = fieldNames(answer.fields);
    return { ...answer, fields: [...answer.fields, ...toFieldList(headers, (name) => !own.has(name))] };
  };
}

function covers(match: Match | undefined, host: string, pathname: string): boolean {
  if (match?.host !== undefined && match.host.toLowerCase() !== host.toLowerCase()) return false;
  return pathname.startsWith(match?.path ?? '/');
}

/** The file that a part of a path stands for; undefined where there can be none. */
function pathWithin(root: string, part: string, index: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    return undefined;
  }
  const wanted = decoded === '' || decoded.endsWith('/') ? decoded + index : decoded;
  if (wanted === '' || wanted.endsWith('/') || wanted.includes('\0') || wanted.includes('\\')) return undefined;
  const folder = resolve(root);
  const path = resolve(folder, `./${wanted}`);
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? path : undefined;
}

function checkedRoutes(source: ProtocolSource): ProtocolRoute[] {
  if (!Array.isArray(source?.routes)) throw new TypeError('`routes` should be an array');
  for (const { match, source: from } of source.routes) {
    if (from?.type !== 'directory') throw new TypeError("`source.type` should be 'directory'");
    if (typeof from.root !== 'string' || !isAbsolute(from.root)) {
      throw new TypeError('`source.root` should be an absolute path');
    }
    if (match?.path !== undefined && !match.path.startsWith('/')) {
      throw new TypeError('`match.path` should start with /');
    }
    if (match?.host !== undefined && parseUrl(`http://${match.host}/`) === undefined) {
      throw new TypeError('`match.host` should be a host name');
    }
  }
  const length = ({ match }: ProtocolRoute) => (match?.path ?? '/').length;
  const hasHost = ({ match }: ProtocolRoute) => (match?.host === undefined ? 0 : 1);
  return [...source.routes].sort((a, b) => hasHost(b) - hasHost(a) || length(b) - length(a));
}
