/** Input of a session, in order, without holes and doubles; never does more of it wait for the terminal than a gateway may have under way. */
import { INPUT_WINDOW } from './protocol.ts';
import type { PtyInput } from './pty-input.ts';

export class SessionInput {
  /** Input has come up to here. */
  seq = 0;
  readonly #pty: PtyInput;

  constructor(pty: PtyInput) {
    this.#pty = pty;
  }

  /** The terminal has it up to here. */
  get taken(): number {
    return this.seq - this.#pty.unwritten;
  }

  /**
   * What it has already is dropped, and so is what comes after a hole, or beyond the window: the sender goes back to the acknowledged position, and waits for
   * what is acknowledged. False where nothing is new.
   */
  accept(position: number, bytes: Buffer): boolean {
    const end = position + bytes.length;
    if (position > this.seq || end <= this.seq || end - this.taken > INPUT_WINDOW) return false;
    // The frame belongs to the network's buffer, which is not touched again once the message was delivered.
    const fresh = bytes.subarray(this.seq - position);
    this.seq = end;
    this.#pty.write(fresh);
    return true;
  }

  /** Goes back to what the terminal has. The rest was not acknowledged: its page sends it again. Kept, it would stand in the way of a new viewer's window. */
  rewind(): void {
    this.seq = this.taken;
    this.#pty.discard();
  }
}
