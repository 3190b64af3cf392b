/** How long a command of the system may take, in ms. */
const TIMEOUT = 5000;

/** Path of a program of Windows. By its name alone it would be looked for in the working directory first. */
export function windowsProgram(name: string): string {
  return `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\${name}`;
}

/**
 * What a command of the system prints; undefined where it is missing, fails or takes too long. Its output is in English
 * (`LC_ALL=C`).
 *
 * @param variables - environment variables besides those of the process.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
): Promise<string | undefined> {
  const { execFile } = await import('node:child_process');
  const env = { ...process.env, ...variables, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: TIMEOUT, maxBuffer: 1024 * 1024, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
