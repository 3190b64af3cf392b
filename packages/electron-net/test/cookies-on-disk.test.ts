import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useProgram } from './support/program.js';

/** Sets a cookie, or tells which there are; then quits at once, in one of several ways. */
const program = useProgram(`
import { app, session } from 'electron';
const [userData, partition, name, ending] = process.argv.slice(2);
app.setPath('userData', userData);
app.whenReady().then(async () => {
  const { cookies } = session.fromPartition(partition);
  const url = 'https://example.com/';
  if (name === '') process.stdout.write((await cookies.get({ url })).map(({ name }) => name).sort().join());
  else {
    const soon = Date.now() / 1000 + 1000;
    await cookies.set({ url, name, value: '1', expirationDate: soon });
    await cookies.set({ url, name: 'of this run', value: '1' });
    await cookies.set({ url, name: 'of this run, too', value: '1', expirationDate: NaN });
  }
  if (ending === 'quit') app.quit();
  else if (ending === 'exit') process.exit();
  else if (ending === 'kill') {
    await cookies.flushStore();
    process.kill(process.pid, 'SIGKILL');
  }
});
`);
const folderOf = (name: string) => join(program.folder, name);
const set = (folder: string, name: string, ending = 'quit', partition = 'persist:a') =>
  program.run(folderOf(folder), partition, name, ending);
const names = async (folder: string, partition = 'persist:a') =>
  (await program.run(folderOf(folder), partition, '', 'quit')).stdout;

test.each([
  ['quit', 'the app quits'],
  ['exit', 'the process exits'],
  ['', 'nothing is left to do'],
  ['kill', 'the process is killed when they are flushed'],
])('cookies are there again when %s: %s', async (ending) => {
  await set(`ends by ${ending}`, 'kept', ending).catch((error) => expect(error.signal).toBe('SIGKILL'));
  expect(await names(`ends by ${ending}`)).toBe('kept');
});

test('of partitions that do not persist they are not, and each partition has its own', async () => {
  await set('partitions', 'one', 'quit', 'memory');
  await set('partitions', 'two', 'quit', 'persist:b');
  await set('partitions', 'three', 'quit', '');
  expect(await names('partitions', 'memory')).toBe('');
  expect(await names('partitions', 'persist:a')).toBe('');
  expect(await names('partitions', 'persist:b')).toBe('two');
  expect(await names('partitions', '')).toBe('three');
});

test('several processes at once lose nothing of each other', async () => {
  const all = Array.from({ length: 6 }, (_, i) => `cookie${i}`);
  await Promise.all(all.map((name, i) => set('several', name, i % 2 === 0 ? 'quit' : '')));
  expect(await names('several')).toBe(all.join());
});

test('a broken file does no harm, and is kept', async () => {
  await set('broken', 'before');
  const path = join(folderOf('broken'), 'Partitions', 'a', 'netloom-cookies.json');
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, -10));
  const { stderr } = await set('broken', 'after', '');
  expect(stderr).toMatch(/Warning: cookies could not be read from .*, which is kept as /);
  expect(await names('broken')).toBe('after');
  const [, aside] = /kept as (.*)/.exec(stderr) as unknown as [string, string];
  expect(await readFile(aside, 'utf8')).toContain('"before"');
});

// Rights of folders are nothing to an administrator, and something else on Windows.
const mayWriteAnywhere = process.platform === 'win32' || process.getuid?.() === 0;
if (mayWriteAnywhere)
  console.log('a folder that cannot be written to is not tested here: this user may write anywhere');

test.skipIf(mayWriteAnywhere)('a folder that cannot be written to is told', async () => {
  await set('read-only', 'before');
  const folder = join(folderOf('read-only'), 'Partitions', 'a');
  await chmod(folder, 0o500);
  const { stderr } = await set('read-only', 'after');
  expect(stderr).toContain('Warning: cookies could not be written to disk: EACCES');
  await chmod(folder, 0o700);
  expect(await names('read-only')).toBe('before');
});
