// Prints the error of a proxy that is not there.
const { createClient } = require('@netloom/core');
const { isNetError } = require('@netloom/contracts');

createClient({ proxy: 'http://127.0.0.1:1' })
  .request('http://origin.test/')
  .catch((error) => console.log(isNetError(error), error.code));
