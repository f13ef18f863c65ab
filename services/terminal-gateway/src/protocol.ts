/** What a browser and the gateway say to each other: subprotocol launchgate.terminal.v1. The client in `client/` is its other half. */
import { z } from 'zod';

export const SUBPROTOCOL = 'launchgate.terminal.v1';
export const TICKET_PREFIX = 'ticket.';
/** Bytes of the position before output and input. */
export const POSITION = 8;
export const MAX_INPUT = 16_384;
export const INPUT_WINDOW = 65_536;
/** A text message from a browser may have so many bytes. */
export const MAX_CONTROL = 4096;

export const CLOSE = {
  normal: 1000,
  policy: 1008,
  internal: 1011,
  restart: 1012,
  overload: 1013,
  malformed: 4400,
  reauth: 4401,
  lost: 4404,
  idle: 4408,
  superseded: 4409,
  killed: 4410,
  absolute: 4419,
  cap: 4429,
  agentGone: 4503,
} as const;

/** Why a session's connection ended, for the metric. */
export type CloseReason =
  | 'client'
  | 'exit'
  | 'drain'
  | 'slow'
  | 'revoked'
  | 'idle'
  | 'absolute'
  | 'reauth'
  | 'superseded'
  | 'killed'
  | 'lost'
  | 'agent'
  | 'protocol'
  | 'abrupt';

const size = z.int().min(1).max(1000);
const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const control = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), cols: size, rows: size, lastSeq: position.optional() }),
  z.object({ type: z.literal('ack'), seq: position }),
  z.object({ type: z.literal('resize'), cols: size, rows: size }),
  z.object({ type: z.literal('ping'), id: z.union([z.string().max(64), z.number()]) }),
  z.object({ type: z.literal('end') }),
]);
export type Control = z.infer<typeof control>;

const ACK = /^\{"type":"ack","seq":(\d{1,15})\}$/;

/** Undefined when the text is no message of the protocol. */
export function parseControl(bytes: Buffer): Control | undefined {
  if (bytes.length > MAX_CONTROL) return undefined;
  const text = bytes.toString('utf8');
  // By far the most frequent one, as every client writes it.
  const ack = ACK.exec(text);
  if (ack !== null) return { type: 'ack', seq: Number(ack[1]) };
  try {
    const parsed = control.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
