import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN (?:X509 )?CERTIFICATE-----([^-]*)-----END (?:X509 )?CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, in one spelling, so that equal certificates are equal strings. Text around the blocks
 * and blocks of other kinds are passed over.
 */
export function parsePem(text: string): string[] {
  return Array.from(text.matchAll(BLOCK), ([, body = '']) => pemOf(body.replace(/\s+/g, '')));
}

/** The readable certificates of a PEM text, or of bytes that hold PEM or one certificate in DER. */
export function certificatesOf(input: string | Uint8Array): string[] {
  if (typeof input !== 'string') {
    const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
    const texts = parsePem(bytes.toString('latin1'));
    return (texts.length > 0 ? texts : [pemOf(bytes.toString('base64'))]).filter(isReadable);
  }
  return parsePem(input).filter(isReadable);
}

function isReadable(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false; // that is the answer
  }
}

/** The DER bytes of a certificate from {@link parsePem}. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64');
}

function pemOf(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
