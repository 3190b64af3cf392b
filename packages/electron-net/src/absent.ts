/** Thrown when a program uses a part of Electron that a plain Node process cannot have, such as windows. */
export class NotInNodeError extends Error {
  /** Name of what was used, such as `BrowserWindow`. */
  readonly feature: string;

  constructor(feature: string) {
    super(`${feature} of Electron is not available in a plain Node process: netloom has its network stack only`);
    this.name = 'NotInNodeError';
    this.feature = feature;
  }
}
