import { Transform, type Writable } from 'node:stream';

const BAR = 30;

/** Passes bytes through and draws on a terminal how far it is. */
export function progress(total: number, out: Writable & { isTTY?: boolean }): Transform {
  let bytes = 0;
  let drawn = 0;
  const draw = () => {
    const amount = `${(bytes / 1e6).toFixed(1)} MB`;
    const share = Math.min(1, bytes / total);
    const filled = Math.round(share * BAR);
    const bar = Number.isNaN(total)
      ? ''
      : `[${'#'.repeat(filled)}${' '.repeat(BAR - filled)}] ${Math.floor(share * 100)} % of `;
    out.write(`\r${bar}${amount}`);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (out.isTTY === true && Date.now() - drawn > 100) {
        drawn = Date.now();
        draw();
      }
      done(null, chunk);
    },
    flush(done) {
      if (out.isTTY === true) {
        draw();
        out.write('\n');
      }
      done();
    },
  });
}
