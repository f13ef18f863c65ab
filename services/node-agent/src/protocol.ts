/**
 * What a gateway and an agent say to each other over one WebSocket: binary messages `u8 type, u32 channel, payload`, big-endian.
 * Hot frames (output, input, credit) carry no JSON. The payload of OUTPUT is the browser's frame as it is, so a gateway forwards a view of it.
 */
import { z } from 'zod';

export const AGENT_SUBPROTOCOL = 'launchgate.agent.v1';
export const AGENT_PATH = '/v1/terminals';
/** Names the gateway process on its connection; a second connection under the same name replaces the first. */
export const GATEWAY_HEADER = 'x-launchgate-gateway';

export const FRAME = {
  open: 0x01,
  input: 0x02,
  credit: 0x03,
  resize: 0x04,
  detach: 0x05,
  kill: 0x06,
  opened: 0x81,
  output: 0x82,
  inputAck: 0x83,
  exit: 0x84,
  cut: 0x85,
  refused: 0x86,
  notice: 0x87,
  killed: 0x88,
} as const;

/** Bytes before the payload. */
export const HEADER = 5;
/** Bytes of a position: an unsigned 64-bit number below 2^53. */
export const POSITION = 8;
/** Bytes of input that may be unacknowledged. */
export const INPUT_WINDOW = 65_536;
/** Bytes of output that may be unacknowledged, whatever an agent's ring holds: a node is not trusted with a gateway's memory. */
export const MOST_UNACKNOWLEDGED = 1_048_576;
/** Largest message a gateway may send: a paste of 16 KiB with room for its headers. */
export const MAX_GATEWAY_MESSAGE = 32_768;
/** Largest message an agent sends: 64 KiB of output and its headers. */
export const MAX_AGENT_MESSAGE = 65_536 + HEADER + POSITION;
/**
 * Most pieces of one message. However short, each keeps the chunk of the network that it came in, of 16 KiB or more, until the last has come: thousands of them
 * hold hundreds of megabytes.
 */
export const MAX_FRAGMENTS = 64;

const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const size = z.int().min(1).max(1000);
const identifier = z.string().min(1).max(256);

export const openRequest = z.object({
  /** `open` creates the session unless it is there; `attach` must find it. */
  mode: z.enum(['open', 'attach']),
  session: z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/),
  user: identifier,
  tenant: identifier.optional(),
  node: identifier,
  fence: position,
  cols: size,
  rows: size,
  /** Next output byte the gateway expects; absent: whatever the ring holds. */
  lastSeq: position.optional(),
  /** Output the browser has consumed, when that is behind `lastSeq`. */
  acked: position.optional(),
  requestId: identifier.optional(),
});
export type OpenRequest = z.infer<typeof openRequest>;

export const killRequest = z.object({ session: openRequest.shape.session, reason: z.string().max(500) });
export type KillRequest = z.infer<typeof killRequest>;

export const opened = z.object({
  created: z.boolean(),
  seq: position,
  inputSeq: position,
  gap: z.object({ from: position, to: position }).optional(),
  window: z.int().positive(),
  recording: z.enum(['off', 'output', 'input+output']),
});
export type Opened = z.infer<typeof opened>;

export const END_REASONS = [
  'exited',
  'killed',
  'idle',
  'absolute',
  'detached',
  'output-limit',
  'agent-stopping',
  'recorder-failed',
] as const;
export type EndReason = (typeof END_REASONS)[number];
export const exited = z.object({ code: z.int(), signal: z.int(), reason: z.enum(END_REASONS) });
export type Exited = z.infer<typeof exited>;

export const cut = z.object({ reason: z.literal('superseded') });
export type Cut = z.infer<typeof cut>;

/**
 * Why a session is not shown. `lost`: the agent does not have it, and its record may go. `ahead`: it lives, but has never written as far as `lastSeq`
 * says; the page is wrong, the record stays. A gateway takes a code that it does not know for no message, so gateways are updated before agents.
 */
export const REFUSALS = [
  'fenced',
  'lost',
  'ahead',
  'denied',
  'user-cap',
  'node-cap',
  'stopping',
  'recorder',
  'spawn',
] as const;
export const refused = z.object({ code: z.enum(REFUSALS), message: z.string(), fence: position.optional() });
export type Refused = z.infer<typeof refused>;

export const notice = z.object({ code: z.string(), message: z.string() });
export type Notice = z.infer<typeof notice>;
export const killed = z.object({ found: z.boolean() });

/** A message with a JSON payload. */
export function jsonFrame(type: number, channel: number, payload: object): Buffer {
  const text = JSON.stringify(payload);
  const frame = Buffer.allocUnsafe(HEADER + Buffer.byteLength(text));
  frame[0] = type;
  frame.writeUInt32BE(channel, 1);
  frame.write(text, HEADER);
  return frame;
}

/** A message of one position: credit or acknowledgement. */
export function positionFrame(type: number, channel: number, at: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + POSITION);
  frame[0] = type;
  frame.writeUInt32BE(channel, 1);
  writePosition(frame, at, HEADER);
  return frame;
}

/** A message without payload, or with the two numbers of a resize. */
export function plainFrame(type: number, channel: number, ...numbers: number[]): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + numbers.length * 2);
  frame[0] = type;
  frame.writeUInt32BE(channel, 1);
  for (const [index, number] of numbers.entries()) frame.writeUInt16BE(number, HEADER + index * 2);
  return frame;
}

export function writePosition(frame: Buffer, at: number, offset: number): void {
  frame.writeUInt32BE(Math.floor(at / 0x1_0000_0000), offset);
  frame.writeUInt32BE(at >>> 0, offset + 4);
}

/** Reads a position; NaN when the frame is too short or the number is beyond 2^53. */
export function readPosition(frame: Buffer, offset: number): number {
  if (frame.length < offset + POSITION) return Number.NaN;
  const high = frame.readUInt32BE(offset);
  return high > 0x1f_ffff ? Number.NaN : high * 0x1_0000_0000 + frame.readUInt32BE(offset + 4);
}

/** The position behind the header of a message. Throws where there is none: a bound that is no number bounds nothing. */
export function demandPosition(frame: Buffer): number {
  const position = readPosition(frame, HEADER);
  if (Number.isNaN(position)) throw new Error('a message without a position');
  return position;
}

/** The JSON payload of a message, judged by its schema. Throws when it is none or does not fit. */
export function readJson<T>(schema: z.ZodType<T>, frame: Buffer): T {
  return schema.parse(JSON.parse(frame.toString('utf8', HEADER)));
}
