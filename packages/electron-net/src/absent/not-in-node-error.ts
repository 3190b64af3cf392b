/** Thrown when a program uses a part of Electron that netloom does not have, such as windows. */
export class NotInNodeError extends Error {
  /** Name of what was used, such as `BrowserWindow` or `app.getGPUInfo`. */
  readonly feature: string;

  constructor(feature: string) {
    super(
      `${feature} of Electron is not available here: netloom gives a plain Node process the network stack of Electron, ` +
        'without windows and renderers',
    );
    this.name = 'NotInNodeError';
    this.feature = feature;
  }
}
