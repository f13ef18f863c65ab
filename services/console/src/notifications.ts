/**
 * The user's notifications, each once, none left out: the connection is renewed for as long as the page is open, and each one goes on where
 * the one before it stood. What came in between is asked for, also where the other side only knows that something may be missing.
 */
import { backoff, LoginNeeded } from '@launchgate/terminal-gateway/client';
import type { Tokens } from './login.ts';

export interface Notification {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

type Frame = Notification | { readonly type: 'gap' } | { readonly type: 'joined'; readonly position: string };

const PROTOCOL = 'launchgate.notifications.v1';
/** Ids that are remembered: more than may come twice. */
const REMEMBERED = 1000;
/** Milliseconds over which pages come back after a gap, which all of them are told at once. */
const SPREAD = 3000;

/** Answers the end of it. It ends by itself where there is no token any more, or only one that was revoked. */
export function follow(
  origin: string,
  tokens: Pick<Tokens, 'access'>,
  show: (notification: Notification) => void,
): () => void {
  const seen = new Set<string>();
  let failures = 0;
  let position: string | undefined;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function connect(): Promise<void> {
    try {
      const token = await tokens.access();
      if (!over) open(token);
    } catch (error) {
      if (!(error instanceof LoginNeeded)) later();
    }
  }

  function open(token: string): void {
    const after = position === undefined ? '' : `?after=${encodeURIComponent(position)}`;
    const url = `${origin.replace(/^http/, 'ws')}/api/v1/notifications${after}`;
    const opened = new WebSocket(url, [PROTOCOL, `bearer.${token}`]);
    socket = opened;
    opened.addEventListener('open', () => (failures = 0));
    opened.addEventListener('message', ({ data }: MessageEvent<string>) => take(parse(data), opened));
    opened.addEventListener('close', ({ code }) => {
      if (code !== 1008) later();
    });
  }

  function take(frame: Frame | undefined, from: WebSocket): void {
    if (frame === undefined) return;
    if ('id' in frame) {
      position = frame.id;
      if (isNew(frame.id)) show(frame);
    } else if ('position' in frame) position = frame.position;
    else setTimeout(() => from.close(), Math.random() * SPREAD);
  }

  /** At least once is what the relay promises: the id makes it once. */
  function isNew(id: string): boolean {
    if (seen.has(id)) return false;
    seen.add(id);
    const [oldest = id] = seen;
    if (seen.size > REMEMBERED) seen.delete(oldest);
    return true;
  }

  function later(): void {
    if (!over) timer = setTimeout(() => void connect(), backoff(failures++, Math.random));
  }

  void connect();
  return () => {
    over = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function parse(data: string): Frame | undefined {
  const frame = JSON.parse(data) as Partial<Notification & { readonly position: string }>;
  const { type, id, position } = frame;
  if (type === 'gap') return { type };
  if (type === 'joined' && typeof position === 'string') return { type, position };
  return typeof type === 'string' && typeof id === 'string' ? (frame as Notification) : undefined;
}
