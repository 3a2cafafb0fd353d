const HEADER_BYTES = 4;

/** A frame whose announced length breaks the protocol's limit; nothing of its body was read. */
export class FrameError extends Error {
  readonly code: "oversized" | "empty";
  constructor(code: "oversized" | "empty") {
    super(`frame is ${code}`);
    this.code = code;
  }
}

/** A message behind its length as four bytes, big endian. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + message.length);
  new DataView(frame.buffer).setUint32(0, message.length);
  frame.set(message, HEADER_BYTES);
  return frame;
}

/** Cuts a byte stream into messages. The length is checked before a byte of the body is kept. */
export class FrameDecoder {
  readonly #maxBytes: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFilled = 0;
  #body: Uint8Array | undefined;
  #bodyFilled = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The messages completed by `chunk`, in order. Throws FrameError; the decoder is of no use after that. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let offset = 0;
    while (offset < chunk.length) {
      if (!this.#body) {
        const taken = chunk.subarray(offset, offset + HEADER_BYTES - this.#headerFilled);
        this.#header.set(taken, this.#headerFilled);
        this.#headerFilled += taken.length;
        offset += taken.length;
        if (this.#headerFilled < HEADER_BYTES) return;
        this.#body = new Uint8Array(this.#announcedLength());
        this.#bodyFilled = 0;
      }
      const taken = chunk.subarray(offset, offset + this.#body.length - this.#bodyFilled);
      this.#body.set(taken, this.#bodyFilled);
      this.#bodyFilled += taken.length;
      offset += taken.length;
      if (this.#bodyFilled < this.#body.length) return;
      const message = this.#body;
      this.#body = undefined;
      this.#headerFilled = 0;
      yield message;
    }
  }

  #announcedLength(): number {
    const length = new DataView(this.#header.buffer).getUint32(0);
    if (length === 0) throw new FrameError("empty");
    if (length > this.#maxBytes) throw new FrameError("oversized");
    return length;
  }
}
