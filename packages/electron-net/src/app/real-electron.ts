/**
 * Says once that the process is one of the real Electron. Its network stack and this one then stand beside each other, and
 * nothing of it is touched.
 *
 * @param versions - of the process.
 */
export function tellOfElectron(versions: NodeJS.ProcessVersions, warn: typeof process.emitWarning): void {
  if (versions.electron === undefined) return;
  warn(`This process is Electron ${versions.electron}; netloom's app, net and session stand beside Electron's own`, {
    type: 'NetloomWarning',
    code: 'NETLOOM_REAL_ELECTRON',
  });
}
