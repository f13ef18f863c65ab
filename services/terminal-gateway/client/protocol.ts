/** What travels between page and gateway (subprotocol `launchgate.terminal.v1`): positions count bytes of the session, over all connections. */
export const SUBPROTOCOL = 'launchgate.terminal.v1';
export const MAX_INPUT = 16_384;
const HEAD = 8;

export interface Ready {
  readonly type: 'ready';
  readonly session: string;
  readonly created: boolean;
  readonly seq: number;
  readonly inputSeq: number;
  readonly gap?: { readonly from: number; readonly to: number };
  readonly inputWindow: number;
  readonly recording: 'off' | 'output' | 'input+output';
}

export type ServerMessage =
  | Ready
  | { readonly type: 'inputAck'; readonly seq: number; readonly resend?: boolean }
  | {
      readonly type: 'drain';
      readonly reason: 'restart' | 'reauth';
      readonly deadline: number;
      readonly reconnectAfter: number;
    }
  | { readonly type: 'notice'; readonly code: string; readonly message: string }
  | {
      readonly type: 'exit';
      readonly code: number | null;
      readonly signal: number | string | null;
      readonly reason: string;
    }
  | { readonly type: 'pong'; readonly id: number };

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

const KNOWN: ReadonlySet<string> = new Set(['ready', 'inputAck', 'drain', 'notice', 'exit', 'pong']);

/** `undefined` for a type of a later server, which is to be ignored. Throws for what is no message. */
export function decodeMessage(text: string): ServerMessage | undefined {
  const message: unknown = JSON.parse(text);
  if (typeof message !== 'object' || message === null || !('type' in message))
    throw new Error('expected an object with a type');
  return KNOWN.has(String(message.type)) ? (message as ServerMessage) : undefined;
}

export function decodeOutput(frame: ArrayBuffer): { position: number; bytes: Uint8Array } {
  if (frame.byteLength < HEAD) throw new Error('expected a position before the output');
  return { position: Number(new DataView(frame).getBigUint64(0)), bytes: new Uint8Array(frame, HEAD) };
}

export function encodeInput(position: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEAD + bytes.length);
  new DataView(frame.buffer).setBigUint64(0, BigInt(position));
  frame.set(bytes, HEAD);
  return frame;
}
