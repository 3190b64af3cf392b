import type { Environment } from './environment.js';

/** Desktop environments that Chromium tells apart. */
export type Desktop =
  | ('cinnamon' | 'deepin' | 'gnome' | 'pantheon' | 'ukui' | 'unity')
  | ('kde3' | 'kde4' | 'kde5' | 'kde6')
  | ('cosmic' | 'lxqt' | 'xfce' | 'other');

const BY_CURRENT_DESKTOP: Readonly<Record<string, Desktop>> = {
  COSMIC: 'cosmic',
  Deepin: 'deepin',
  GNOME: 'gnome',
  LXQt: 'lxqt',
  Pantheon: 'pantheon',
  UKUI: 'ukui',
  'X-Cinnamon': 'cinnamon',
  XFCE: 'xfce',
};

const BY_SESSION: Readonly<Record<string, Desktop>> = {
  deepin: 'deepin',
  gnome: 'gnome',
  'kde-plasma': 'kde4',
  kde4: 'kde4',
  mate: 'gnome',
  ukui: 'ukui',
  xubuntu: 'xfce',
};

/** The desktop that the environment variables of its session name. */
export function findDesktop(env: Environment): Desktop {
  const session = env.DESKTOP_SESSION ?? '';
  for (const name of (env.XDG_CURRENT_DESKTOP ?? '').split(':').map((part) => part.trim())) {
    if (name === 'Unity') return session.includes('gnome-fallback') ? 'gnome' : 'unity';
    if (name === 'KDE') return kdeOf(env.KDE_SESSION_VERSION);
    const desktop = Object.hasOwn(BY_CURRENT_DESKTOP, name) ? BY_CURRENT_DESKTOP[name] : undefined;
    if (desktop !== undefined) return desktop;
  }
  const bySession = Object.hasOwn(BY_SESSION, session) ? BY_SESSION[session] : undefined;
  if (bySession !== undefined) return bySession;
  if (session === 'kde') return oldKde(env);
  if (session.includes('xfce')) return 'xfce';
  if (env.GNOME_DESKTOP_SESSION_ID !== undefined) return 'gnome';
  if (env.KDE_FULL_SESSION !== undefined) return oldKde(env);
  return 'other';
}

const kdeOf = (version: string | undefined): Desktop => (version === '5' ? 'kde5' : version === '6' ? 'kde6' : 'kde4');

const oldKde = (env: Environment): Desktop => (env.KDE_SESSION_VERSION === undefined ? 'kde3' : 'kde4');

/** Which settings a desktop keeps: those of GNOME, those of KDE, or none of its own that Chromium would read. */
export function settingsOf(desktop: Desktop): 'gsettings' | 'kde' | undefined {
  switch (desktop) {
    case 'cinnamon':
    case 'deepin':
    case 'gnome':
    case 'pantheon':
    case 'ukui':
    case 'unity':
      return 'gsettings';
    case 'kde3':
    case 'kde4':
    case 'kde5':
    case 'kde6':
      return 'kde';
    default:
      return undefined;
  }
}
