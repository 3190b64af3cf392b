import { pacFetchFailed } from '../pac-error.js';
import { MAX_PAC_BYTES, type PacBytes } from './types.js';

/** Reads a data URL (RFC 2397). */
export async function readDataUrl(url: string): Promise<PacBytes> {
  const comma = url.indexOf(',');
  if (comma < 0) throw pacFetchFailed('ERR_INVALID_URL', url, 'a data URL needs a comma before its data');
  const type = url.slice('data:'.length, comma).trim();
  const base64 = /;\s*base64$/i.test(type);
  const tooBig = () => pacFetchFailed('ERR_FILE_TOO_BIG', url, `it is larger than ${MAX_PAC_BYTES} bytes`);
  // No byte takes more than three characters: what is longer is not decoded to find out.
  if (url.length - comma > MAX_PAC_BYTES * (base64 ? 4 : 3)) throw tooBig();
  const data = percentDecode(url.slice(comma + 1).replace(/#.*$/s, ''));
  const bytes = base64 ? decodeBase64(data, url) : data;
  if (bytes.length > MAX_PAC_BYTES) throw tooBig();
  return { bytes, contentType: base64 ? type.slice(0, type.lastIndexOf(';')) : type };
}

/** Bytes of a percent-encoded text; characters beyond ASCII stand for their UTF-8 bytes. */
function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes[i] === PERCENT ? bytes.toString('latin1', i + 1, i + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      i += 2;
    } else {
      bytes[length++] = bytes[i]!;
    }
  }
  return bytes.subarray(0, length);
}

function decodeBase64(data: Buffer, url: string): Buffer {
  const text = data.toString('latin1').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw pacFetchFailed('ERR_INVALID_URL', url, 'its data is not base64');
  return Buffer.from(text, 'base64');
}

const PERCENT = 0x25;
