import type { Identity } from '@netloom/contracts';
import { qualifiedName } from '../identity.js';
import { hash } from './algorithm.js';
import type { DigestChallenge } from './challenge.js';
import { type DigestInput, type DigestKey, digestResponse } from './response.js';

/**
 * The field value that answers a challenge (RFC 7616 section 3.4), in the order of fields in which Chromium writes
 * them: there are servers that read no other.
 *
 * @param name - the `username` field, of {@link digestNameField}.
 */
export function digestHeader(name: string, key: DigestKey, challenge: DigestChallenge, input: DigestInput): string {
  const { algorithm, opaque, realm, userhash } = challenge;
  const fields = [name, `realm=${quote(realm)}`, `nonce=${quote(input.nonce)}`, `uri=${quote(input.uri)}`];
  if (algorithm !== undefined) fields.push(`algorithm=${algorithm}`);
  fields.push(`response="${digestResponse(key, input)}"`);
  if (opaque !== '') fields.push(`opaque=${quote(opaque)}`);
  if (input.qop !== undefined) fields.push(`qop=${input.qop}`, `nc=${input.nc}`, `cnonce=${quote(input.cnonce)}`);
  if (userhash) fields.push('userhash=true');
  return `Digest ${fields.join(', ')}`;
}

/**
 * The field that names the user: hashed where the server asks for that. A name beyond ASCII goes in its extended form
 * where the server says that it knows UTF-8 and so RFC 7616; older ones get the bytes as they are, as from browsers.
 */
export function digestNameField(identity: Identity, key: DigestKey, challenge: DigestChallenge): string {
  if (challenge.userhash) return `username="${hash(key.hash, `${key.username}:${challenge.realm}`)}"`;
  const name = qualifiedName(identity);
  if (challenge.utf8 && /[^\x20-\x7e]/.test(name)) return `username*=UTF-8''${extended(name.normalize('NFC'))}`;
  return `username=${quote(key.username)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Percent-encoding of RFC 8187 section 3.2.1. */
function extended(text: string): string {
  return encodeURIComponent(text).replace(/[*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
