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

export interface Output {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** `undefined` for a message of a later server, which is to be ignored. */
export function decode(frame: string | ArrayBuffer): ServerMessage | Output | 'malformed' | undefined {
  if (typeof frame === 'string') return decodeMessage(frame);
  if (frame.byteLength < HEAD) return 'malformed';
  return { position: Number(new DataView(frame).getBigUint64(0)), bytes: new Uint8Array(frame, HEAD) };
}

function decodeMessage(text: string): ServerMessage | 'malformed' | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('type' in message)) return 'malformed';
    return KNOWN.has(String(message.type)) ? (message as ServerMessage) : undefined;
  } catch {
    return 'malformed';
  }
}

export function encodeInput(position: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEAD + bytes.length);
  new DataView(frame.buffer).setBigUint64(0, BigInt(position));
  frame.set(bytes, HEAD);
  return frame;
}
