/*
 * Loaded before a program that is written for Electron: answers whoever asks its requests for a password with that of the
 * variables PEERS_USERNAME and PEERS_PASSWORD, and says so.
 */
const { createRequire } = require('node:module');

const { net } = createRequire(process.argv[1])('electron');
const { PEERS_USERNAME, PEERS_PASSWORD } = process.env;
const { request } = net;

net.request = (...args) =>
  request(...args).on('login', (_info, callback) => {
    process.stdout.write('LOGIN\n');
    callback(PEERS_USERNAME, PEERS_PASSWORD);
  });
