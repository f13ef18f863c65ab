/** One session on a gateway's connection: what was sent of it, and what is to be sent next. */
import {
  FRAME,
  HEADER,
  POSITION,
  jsonFrame,
  positionFrame,
  writePosition,
  type Cut,
  type Notice,
  type OpenRequest,
} from './protocol.ts';
import type { Frames } from './frames.ts';
import type { Session, Viewer } from './session.ts';
import type { Sessions } from './sessions.ts';

/** What a channel needs of its connection. */
export interface ChannelLink {
  /** Sends at once, ahead of output that waits. */
  send(frame: Buffer): void;
  /** Asks to be given a turn: at once, or when a little more may have come. */
  schedule(channel: Channel, urgent: boolean): void;
  over(channel: Channel): void;
}

/** Input is acknowledged when so much of it was taken, or after so many milliseconds. */
const ACK_BYTES = 8192;
const ACK_DELAY = 250;

/**
 * Most output of one channel before the next has its turn, and what is sent without waiting for more. With its headers and the four bytes of WebSocket's it
 * is one TLS record (16 KiB, RFC 8446 §5.1), and so is each of many that go out together: a receiver need not put it together from two.
 */
export const TURN = 16_384 - 4 - HEADER - POSITION;
/** Milliseconds after which a channel counts as quiet. */
const PAUSE = 2;
/** Bytes per millisecond of a channel while others are typed into: 8 MiB a second, more than a page can show. */
const SHARE = 8192;

export class Channel implements Viewer {
  readonly number: number;
  session: Session | undefined;
  scheduled = false;
  /** It has had its share for now, and is given its next turn without asking. */
  paced = false;

  readonly #link: ChannelLink;
  #sent = 0;
  #sentAt = 0;
  #credit = TURN;
  #creditAt = 0;
  #taken = 0;
  #acknowledged = 0;
  #ackTimer: NodeJS.Timeout | undefined;

  constructor(number: number, link: ChannelLink) {
    this.number = number;
    this.#link = link;
  }

  open(sessions: Sessions, gateway: string, request: OpenRequest): void {
    const answer = sessions.open(request, this, gateway);
    if ('refused' in answer) {
      this.#link.send(jsonFrame(FRAME.refused, this.number, answer.refused));
      this.#close();
      return;
    }
    this.session = answer.session;
    this.#sent = answer.opened.seq;
    this.#taken = this.#acknowledged = answer.opened.inputSeq;
    this.#link.send(jsonFrame(FRAME.opened, this.number, answer.opened));
    this.wake();
  }

  /** Output after a pause goes at once, since it may be an echo; what follows closely is gathered. */
  wake(): void {
    const { session } = this;
    if (session === undefined || this.paced) return;
    const urgent = this.full || performance.now() - this.#sentAt > PAUSE;
    if (urgent || !this.scheduled) this.#link.schedule(this, urgent);
  }

  /** What waits is a whole turn, or the last there is: no more is worth waiting for. */
  get full(): boolean {
    const { session } = this;
    return session !== undefined && (session.ring.end - this.#sent >= TURN || session.finished);
  }

  /** There is output, or the end, that has not been sent. */
  get waits(): boolean {
    const { session } = this;
    return session !== undefined && (session.ring.end > this.#sent || session.finished);
  }

  /**
   * Bytes that may go at once while others are typed into: all that waits, if it is little, and else none until half a turn's share has
   * gathered.
   */
  share(now: number): number {
    this.#credit = Math.min(TURN, this.#credit + (now - this.#creditAt) * SHARE);
    this.#creditAt = now;
    const waiting = (this.session?.ring.end ?? 0) - this.#sent;
    return this.#credit >= Math.min(waiting, TURN / 2) ? Math.floor(this.#credit) : 0;
  }

  /** The next output, at most `most` bytes of it and of a turn, in memory from `frames`; or the end. Undefined when there is none. */
  next(most: number, frames: Pick<Frames, 'take'>): Buffer | undefined {
    const { session } = this;
    if (session === undefined) return undefined;
    const length = Math.min(most, TURN, session.ring.end - this.#sent);
    if (length === 0) return this.#end(session);
    const frame = frames.take(HEADER + POSITION + length);
    frame[0] = FRAME.output;
    frame.writeUInt32BE(this.number, 1);
    writePosition(frame, this.#sent, HEADER);
    session.ring.copy(this.#sent, length, frame, HEADER + POSITION);
    this.#sent += length;
    this.#credit = Math.max(0, this.#credit - length);
    this.#sentAt = performance.now();
    return frame;
  }

  #end(session: Session): Buffer | undefined {
    if (!session.finished || session.exit === undefined) return undefined;
    this.#close();
    return jsonFrame(FRAME.exit, this.number, session.exit);
  }

  inputTaken(position: number): void {
    this.#taken = position;
    if (position - this.#acknowledged >= ACK_BYTES) this.#acknowledge();
    else this.#ackTimer ??= setTimeout(() => this.#acknowledge(), ACK_DELAY);
  }

  #acknowledge(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.session === undefined || this.#taken <= this.#acknowledged) return;
    this.#acknowledged = this.#taken;
    this.#link.send(positionFrame(FRAME.inputAck, this.number, this.#taken));
  }

  notice(notice: Notice): void {
    this.#link.send(jsonFrame(FRAME.notice, this.number, notice));
  }

  cut(reason: Cut['reason']): void {
    this.#link.send(jsonFrame(FRAME.cut, this.number, { reason }));
    this.#close();
  }

  /** The gateway has let go, or is gone. */
  detach(): void {
    this.#close();
  }

  #close(): void {
    const { session } = this;
    this.session = undefined;
    clearTimeout(this.#ackTimer);
    session?.detach(this);
    this.#link.over(this);
  }
}
