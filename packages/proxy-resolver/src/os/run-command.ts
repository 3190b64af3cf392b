/** How long a command of the system may take, in ms. */
const TIMEOUT = 5000;

/**
 * What a command of the system prints; undefined where it is missing, fails or takes too long. Its output is in English
 * (`LC_ALL=C`).
 */
export async function runCommand(file: string, args: readonly string[]): Promise<string | undefined> {
  const { execFile } = await import('node:child_process');
  const env = { ...process.env, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: TIMEOUT, maxBuffer: 1024 * 1024, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
