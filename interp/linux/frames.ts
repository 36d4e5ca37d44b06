// Frames of the guest's replies: a length of 32 bits, then so many bytes; put together from the pieces in which
// they arrive.

/** Longer ones are garbage: a full log has 16 MiB. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024;

export class FrameReader {
  private readonly onFrame: (frame: Uint8Array) => void;
  private pieces: Uint8Array[] = [];
  private available = 0;

  constructor(onFrame: (frame: Uint8Array) => void) {
    this.onFrame = onFrame;
  }

  /** @returns false when what came cannot be frames. */
  push(piece: Uint8Array): boolean {
    this.pieces.push(piece);
    this.available += piece.length;
    while (this.available >= 4) {
      const head = this.joined(4);
      const size = new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
      if (size > FRAME_BYTES_MAX) return false;
      if (this.available < 4 + size) return true;
      const whole = this.joined(4 + size);
      this.pieces =
        whole.length > 4 + size
          ? [whole.subarray(4 + size), ...this.pieces.slice(1)]
          : this.pieces.slice(1);
      this.available -= 4 + size;
      this.onFrame(whole.subarray(4, 4 + size));
    }
    return true;
  }

  /** The first piece, with as many of the next ones as it takes to hold so many bytes. */
  private joined(size: number): Uint8Array {
    const first = this.pieces[0]!;
    if (first.length >= size) return first;
    let count = 0;
    let length = 0;
    while (length < size) length += this.pieces[count++]!.length;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of this.pieces.slice(0, count)) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.pieces = [whole, ...this.pieces.slice(count)];
    return whole;
  }
}
