/**
 * Runs the example that is written for Electron, as it stands, with what comes after this program's own name as its
 * arguments: a URL and switches. Whoever asks for a password gets
 * that of the variables PEERS_USERNAME and PEERS_PASSWORD.
 */
process.argv.splice(1, 1);
const { net } = await import('@netloom/electron-net');

const { PEERS_USERNAME: username, PEERS_PASSWORD: password } = process.env;
const { request } = net;
// Modules can be loaded as long as this one is.
const closed = new Promise((resolve) => {
  net.request = (...args) =>
    request(...args)
      .on('login', (_info, callback) => {
        process.stdout.write('LOGIN\n');
        callback(username, password);
      })
      .on('close', () => setImmediate(resolve));
});
// @ts-expect-error: a program has no types
await import('../../../../../examples/electron-drop-in/main.mjs');
await closed;
