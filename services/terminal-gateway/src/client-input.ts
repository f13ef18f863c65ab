/** What a browser sends, judged before anything is done with it: how much, how often, in which state, and in which words. */
import { CLOSE, INPUT_WINDOW, MAX_INPUT, POSITION, parseControl, type Control } from './protocol.ts';

/** Messages in a second beyond which nobody types. */
const MOST_MESSAGES = 2000;

export interface InputHandler {
  /** Position and bytes, as they came. */
  input(frame: Buffer, length: number): void;
  control(message: Control): void;
  violation(code: number, text: string): void;
}

export class ClientInput {
  readonly #handler: InputHandler;
  /** Input up to here is with the shell. */
  taken = 0;
  /** The hello has come. */
  #greeted = false;
  #messages = 0;

  constructor(handler: InputHandler) {
    this.#handler = handler;
  }

  /** Once a second. */
  look(): void {
    this.#messages = 0;
  }

  /** The last message counts for nothing. */
  forgive(): void {
    this.#messages -= 1;
  }

  /** `live`: there is a shell to type into. */
  receive(data: Buffer, binary: boolean, live: boolean): void {
    if (++this.#messages > MOST_MESSAGES) return this.#handler.violation(CLOSE.policy, 'message rate');
    if (binary) return this.#bytes(data, live);
    const message = parseControl(data);
    if (message === undefined) return this.#handler.violation(CLOSE.malformed, 'malformed message');
    if ((message.type === 'hello') === this.#greeted && message.type !== 'ping')
      return this.#handler.violation(CLOSE.malformed, 'hello comes first, and once');
    if (message.type === 'hello') this.#greeted = true;
    this.#handler.control(message);
  }

  #bytes(frame: Buffer, live: boolean): void {
    const length = frame.length - POSITION;
    if (!live || length < 1 || length > MAX_INPUT) return this.#handler.violation(CLOSE.malformed, 'malformed input');
    const end = frame.readUInt32BE(0) * 0x1_0000_0000 + frame.readUInt32BE(4) + length;
    if (end - this.taken > INPUT_WINDOW) return this.#handler.violation(CLOSE.policy, 'input window');
    this.#handler.input(frame, length);
  }
}
