/** A connection that is listened to from its first byte: what was said, and whether it has ended. */
import type { Socket } from 'node:net';

const MOST_BYTES = 65_536;

export class Conversation {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  text = '';
  ended = false;
  error: string | undefined;

  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on('data', (chunk: Buffer) => {
      if (this.text.length < MOST_BYTES) this.text += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error ??= error.code ?? error.message));
    socket.on('close', () => (this.ended = true));
  }

  /** False when it failed, or time was up. */
  opened(event: 'connect' | 'secureConnect'): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#timeoutMs);
      const end = (open: boolean) => (clearTimeout(timer), resolve(open));
      this.#socket.once(event, () => end(true));
      this.#socket.once('close', () => end(false));
    });
  }

  /** Says something, and answers what came since once it is enough, the other side has ended, or time is up. */
  async say(words: Buffer | string, enough: (text: string) => boolean): Promise<string> {
    this.text = '';
    this.#socket.write(words);
    return this.hear(enough);
  }

  async hear(enough: (text: string) => boolean): Promise<string> {
    if (enough(this.text) || this.ended) return this.text;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#socket.off('data', look);
        this.#socket.off('close', end);
        resolve(this.text);
      };
      const look = () => void (enough(this.text) && end());
      const timer = setTimeout(end, this.#timeoutMs);
      this.#socket.on('data', look);
      this.#socket.once('close', end);
    });
  }
}
