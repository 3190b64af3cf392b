import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DIFFERENCES } from './differences.js';
import { declarations, type Members, membersOf } from './members.js';

const packageFolder = fileURLToPath(new URL('../../packages/electron-net/', import.meta.url));
const electronTypes = join(
  dirname(createRequire(join(packageFolder, 'package.json')).resolve('electron/package.json')),
  'electron.d.ts',
);

/** A type of Electron's and where ours is. */
interface Pair {
  readonly title: string;
  readonly electron: string;
  readonly isStatic?: boolean;
  readonly file: string;
  readonly name: string;
  /** The interface that lists the events. */
  readonly events?: string;
  /** Members that ours has of Node's streams. */
  readonly inherited?: readonly string[];
  /** Of the many that have nothing to do with the network only names are told. */
  readonly otherwise: string;
}

const NO_WINDOW = 'need what a plain Node process cannot have, or are not there yet';
const PAIRS: readonly Pair[] = [
  { title: '`net`', electron: 'Net', file: 'net/net.ts', name: 'Net', otherwise: NO_WINDOW },
  {
    title: 'Options of `net.request`',
    electron: 'ClientRequestConstructorOptions',
    file: 'net/request-options.ts',
    name: 'ClientRequestConstructorOptions',
    otherwise: NO_WINDOW,
  },
  {
    title: '`ClientRequest`',
    electron: 'ClientRequest',
    file: 'net/client-request.ts',
    name: 'ClientRequest',
    events: 'ClientRequestEvents',
    inherited: ['write', 'end'],
    otherwise: NO_WINDOW,
  },
  {
    title: '`IncomingMessage`',
    electron: 'IncomingMessage',
    file: 'net/incoming-message.ts',
    name: 'IncomingMessage',
    events: 'IncomingMessageEvents',
    otherwise: NO_WINDOW,
  },
  {
    title: '`WebSocket`',
    electron: 'WebSocket',
    file: 'net/websocket/web-socket.ts',
    name: 'WebSocket',
    otherwise: NO_WINDOW,
  },
  {
    title: 'Options of `WebSocket`',
    electron: 'WebSocketOptions',
    file: 'net/websocket/web-socket-options.ts',
    name: 'WebSocketOptions',
    otherwise: NO_WINDOW,
  },
  {
    title: '`session`',
    electron: 'Session',
    isStatic: true,
    file: 'session/sessions.ts',
    name: 'SessionModule',
    otherwise: NO_WINDOW,
  },
  {
    title: '`Session`',
    electron: 'Session',
    file: 'session/session.ts',
    name: 'Session',
    events: 'SessionEvents',
    otherwise: 'belong to pages, devices and downloads, or are not there yet',
  },
  {
    title: '`Cookies`',
    electron: 'Cookies',
    file: 'session/cookies/cookies.ts',
    name: 'Cookies',
    events: 'CookiesEvents',
    otherwise: NO_WINDOW,
  },
  {
    title: '`WebRequest`',
    electron: 'WebRequest',
    file: 'web-request/web-request.ts',
    name: 'WebRequest',
    otherwise: NO_WINDOW,
  },
  {
    title: '`protocol`',
    electron: 'Protocol',
    file: 'protocol/protocol.ts',
    name: 'Protocol',
    otherwise: NO_WINDOW,
  },
  { title: '`netLog`', electron: 'NetLog', file: 'log/net-log.ts', name: 'NetLog', otherwise: NO_WINDOW },
  {
    title: '`app`',
    electron: 'App',
    file: 'app/app.ts',
    name: 'App',
    events: 'AppEvents',
    otherwise: 'belong to windows and to the desktop, or are not there yet',
  },
  {
    title: '`app.commandLine`',
    electron: 'CommandLine',
    file: 'app/command-line.ts',
    name: 'CommandLine',
    otherwise: NO_WINDOW,
  },
];

/**
 * The page for who comes from Electron: each member of its types, whether there is one like it here, and what differs.
 *
 * @throws Error when a difference is listed of what there is not.
 */
export function migrationPage(): string {
  const theirs = declarations(electronTypes);
  const used = new Set<string>();
  const sections = PAIRS.map((pair) => {
    const electron = membersOf(required(theirs.get(pair.electron), pair.electron), pair.isStatic);
    return section(pair, electron, ownMembers(pair), used);
  });
  const unknown = Object.keys(DIFFERENCES).filter((name) => !used.has(name));
  if (unknown.length > 0)
    throw new Error(`differences of what there is not, here or in Electron: ${unknown.join(', ')}`);
  return sections.join('\n\n');
}

function ownMembers({ file, name, events, inherited = [] }: Pair): Members {
  const ours = declarations(join(packageFolder, 'src', file));
  const { names } = membersOf(required(ours.get(name), name));
  return {
    names: [...names, ...inherited],
    events: events === undefined ? [] : membersOf(required(ours.get(events), events)).names,
  };
}

function section({ title, name, otherwise }: Pair, electron: Members, own: Members, used: Set<string>): string {
  const rows: [string, string][] = [];
  const absent: string[] = [];
  const add = (shown: string, key: string, isThere: boolean) => {
    const difference = DIFFERENCES[key];
    if (!isThere) absent.push(shown);
    else rows.push([shown, difference ?? 'as in Electron']);
    if (isThere && difference !== undefined) used.add(key);
  };
  for (const member of [...electron.names].sort())
    add(`\`${member}\``, `${name}.${member}`, own.names.includes(member));
  for (const event of [...electron.events].sort())
    add(`event \`${event}\``, `${name}: ${event}`, own.events.includes(event));
  const added = [
    ...own.names.filter((member) => !electron.names.includes(member)).map((member) => `\`${member}\``),
    ...own.events.filter((event) => !electron.events.includes(event)).map((event) => `event \`${event}\``),
  ];
  return [
    `### ${title}`,
    aligned([['member', ''], ...rows]),
    ...(added.length > 0 ? [`Beyond Electron: ${added.sort().join(', ')}.`] : []),
    ...(absent.length > 0 ? [`Absent, because they ${otherwise}: ${absent.sort().join(', ')}.`] : []),
  ].join('\n\n');
}

/** A table whose columns are as wide as their widest cell. */
function aligned(rows: readonly (readonly [string, string])[]): string {
  const widths = [0, 1].map((column) => Math.max(3, ...rows.map((row) => row[column as 0 | 1].length)));
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [head = ['', ''], ...body] = rows;
  return [line(head, ' '), line(['', ''], '-'), ...body.map((cells) => line(cells, ' '))].join('\n');
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no declaration of ${name}`);
  return value;
}
