/**
 * How a gateway goes: READY takes new connections, DRAINING asks those that are there to go elsewhere, FORCED closes what is left. The first
 * state that is not READY is also what refuses new ones.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { CLOSE } from './protocol.ts';

export interface LeavingOptions {
  readonly clients: ReadonlySet<Client>;
  /** Handshakes that are not clients yet. */
  entering(): number;
  /** How long a browser may take to answer a close, milliseconds. */
  readonly closeWait: number;
  /** True only for a drill: everybody is cut off. */
  readonly abrupt: boolean;
  /** Told of each client that was still there when the time was over. */
  forced(): void;
  /** Nobody is left. */
  over(): void;
}

export interface Leaving {
  readonly state: 'ready' | 'draining' | 'forced';
  /** A client whose shell has opened: it is told as well, if the others were. */
  joined(client: Client): void;
  /** Announces, waits until all have gone or `window` ms have passed, closes the rest. */
  drain(options: { readonly window: number; readonly delay?: number }): Promise<void>;
  /** Closes everything now, with the close wait only. */
  force(): Promise<void>;
}

/** Between two looks at who is still there, milliseconds. */
const LOOK = 20;
/** Most that the end of a destroyed socket may take to be told, milliseconds. */
const TOLD = 1000;

export function createLeaving(options: LeavingOptions): Leaving {
  const { clients, entering, closeWait } = options;
  let state: Leaving['state'] = 'ready';
  let announce: ((client: Client) => void) | undefined;

  async function drain({ window, delay = 0 }: { window: number; delay?: number }): Promise<void> {
    if (options.abrupt) {
      for (const client of clients) client.terminate('abrupt');
      return force();
    }
    if (state === 'ready') {
      state = 'draining';
      announce = announcement(window, delay, clients.size);
      for (const client of clients) announce(client);
    }
    const until = performance.now() + window;
    const waits = () => state === 'draining' && clients.size + entering() > 0 && performance.now() < until;
    while (waits()) await sleep(LOOK);
    await force();
  }

  async function force(): Promise<void> {
    state = 'forced';
    for (const client of clients) {
      options.forced();
      client.close(CLOSE.restart, 'restart', 'drain');
    }
    await untilGone(closeWait);
    for (const client of clients) client.terminate('abrupt');
    // Their sockets are destroyed; that they are gone is told a moment later.
    await untilGone(TOLD);
    options.over();
  }

  async function untilGone(forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    while (clients.size > 0 && performance.now() < until) await sleep(LOOK);
  }

  return {
    get state() {
      return state;
    },
    joined: (client) => announce?.(client),
    drain,
    force,
  };
}

/** Tells a client when to go elsewhere: not all at once, and within half of the window, so that there is time for a second try. */
function announcement(window: number, delay: number, clients: number): (client: Client) => void {
  const deadline = Date.now() + window;
  const spread = Math.min(window / 2, Math.max(500, clients * 10));
  return (client) => {
    const reconnectAfter = Math.floor(delay + Math.random() * spread);
    client.tell({ type: 'drain', reason: 'restart', deadline, reconnectAfter });
  };
}
