/** RC4, which OpenSSL 3 refuses. Broken as a cipher; NTLM wraps its session key and its signatures in it. */
export class Rc4 {
  readonly #state = Uint8Array.from({ length: 256 }, (_, index) => index);
  #i = 0;
  #j = 0;

  /** Begins a key stream. The key has 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    let j = 0;
    for (let i = 0; i < 256; i++) {
      j = (j + this.#state[i]! + key[i % key.length]!) & 0xff;
      this.#swap(i, j);
    }
  }

  /** Encrypts or decrypts; every call goes on where the last one ended. */
  process(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => {
      this.#i = (this.#i + 1) & 0xff;
      this.#j = (this.#j + this.#state[this.#i]!) & 0xff;
      this.#swap(this.#i, this.#j);
      return byte ^ this.#state[(this.#state[this.#i]! + this.#state[this.#j]!) & 0xff]!;
    });
  }

  /** Overwrites the state; the stream is of no use afterwards. */
  wipe(): void {
    this.#state.fill(0);
    this.#i = this.#j = 0;
  }

  #swap(i: number, j: number): void {
    const kept = this.#state[i]!;
    this.#state[i] = this.#state[j]!;
    this.#state[j] = kept;
  }
}
