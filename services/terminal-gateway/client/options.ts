/** What a page gives to its terminal session, and what it is told of it. */
import type { StopReason } from './closes.ts';
import type { Ready, Size } from './protocol.ts';

export interface Ticket {
  readonly ticket: string;
  readonly session: string;
  /** `wss://host/ws/terminal/<session>` */
  readonly url: string;
}

/** Thrown by `ticket` where trying again is of no use: the user has to log in. */
export class LoginNeeded extends Error {
  override readonly name = 'LoginNeeded';
}

export type Status =
  | { readonly state: 'connecting' }
  | {
      readonly state: 'ready';
      readonly created: boolean;
      readonly recording: Ready['recording'];
      readonly gap?: Ready['gap'];
    }
  /** The gateway goes at `deadline` (epoch ms); the session does not. */
  | { readonly state: 'draining'; readonly deadline: number }
  | { readonly state: 'waiting'; readonly retryInMs: number }
  | { readonly state: 'notice'; readonly code: string; readonly message: string }
  /** Input was refused: more is under way than the gateway takes. */
  | { readonly state: 'input-full' }
  | { readonly state: 'exited'; readonly code: number | null; readonly reason: string }
  | { readonly state: 'stopped'; readonly reason: StopReason };

export interface ClientOptions {
  /** A new ticket for every connection; with the session of the first one, to come back to it. */
  readonly ticket: (session: string | undefined) => Promise<Ticket>;
  /** Takes output; calls `consumed` when it is on the screen. */
  readonly output: (bytes: Uint8Array, consumed: () => void) => void;
  readonly status: (status: Status) => void;
  readonly size: Size;
  readonly random?: () => number;
  /** Makes the connection; default: the browser's `WebSocket`. */
  readonly socket?: (url: string, protocols: string[]) => WebSocket;
}
