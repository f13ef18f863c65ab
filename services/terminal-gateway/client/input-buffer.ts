/** Input that the shell has not confirmed: it is kept, in order, to be sent again over the next connection. */
import { MAX_INPUT } from './protocol.ts';

export interface InputFrame {
  readonly position: number;
  readonly bytes: Uint8Array;
}

export class InputBuffer {
  #start = 0;
  #chunks: Uint8Array[] = [];
  #length = 0;

  get end(): number {
    return this.#start + this.#length;
  }

  /** Answers the frames to send, or `undefined` where it would be more than `window` unconfirmed bytes: nothing is taken then. */
  add(bytes: Uint8Array, window: number): InputFrame[] | undefined {
    if (this.#length + bytes.length > window) return undefined;
    const position = this.end;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return framesOf(position, bytes);
  }

  /** The shell has taken all bytes before `position`. */
  confirm(position: number): void {
    while (this.#start < position) {
      const [first] = this.#chunks;
      if (first === undefined) {
        // Taken from another page than this one.
        this.#start = position;
        return;
      }
      const taken = Math.min(first.length, position - this.#start);
      if (taken === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(taken);
      this.#start += taken;
      this.#length -= taken;
    }
  }

  /** All that was added is for a shell that has had input up to `position` of others. */
  begin(position: number): void {
    this.#start = position;
  }

  /** Begins at `position`, as a shell has it that never took what came before. */
  restart(position: number): void {
    if (position < this.#start) this.#start = position;
    else this.confirm(position);
  }

  /** All that is unconfirmed. */
  frames(): InputFrame[] {
    let position = this.#start;
    return this.#chunks.flatMap((bytes) => {
      const frames = framesOf(position, bytes);
      position += bytes.length;
      return frames;
    });
  }
}

function framesOf(position: number, bytes: Uint8Array): InputFrame[] {
  const frames: InputFrame[] = [];
  for (let at = 0; at < bytes.length; at += MAX_INPUT)
    frames.push({ position: position + at, bytes: bytes.subarray(at, at + MAX_INPUT) });
  return frames;
}
