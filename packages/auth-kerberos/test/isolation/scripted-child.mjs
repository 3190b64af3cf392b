/** Stands in for the child that calls GSSAPI. What it does with a step is the host name of the request. */
process.on('message', ({ id, ask, request }) => {
  if (ask !== 'step') return process.send({ id });
  const { host } = request.spn;
  if (host === 'hangs.test') {
    // A call of a library that does not return: the process takes no message any more.
    for (;;);
  }
  if (host === 'crashes.test') process.kill(process.pid, 'SIGKILL');
  if (host === 'fails.test') {
    return process.send({
      id,
      failure: { call: 'gss_init_sec_context', major: 13 << 16, minor: 0x96c73a07, text: 'no' },
    });
  }
  process.send({
    id,
    step: { token: Uint8Array.from(Buffer.from(String(process.pid))), complete: true, mutual: true },
  });
});
process.on('disconnect', () => process.exit());
