/** The user's notifications, as they come; the connection is renewed for as long as the page is open. */
import { backoff } from '@launchgate/terminal-gateway/client';
import type { Tokens } from './login.ts';

export interface Notification {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const PROTOCOL = 'launchgate.notifications.v1';

export function follow(origin: string, tokens: Tokens, show: (notification: Notification) => void): void {
  const seen = new Set<string>();
  let failures = 0;
  const connect = async () => {
    try {
      const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/v1/notifications`, [
        PROTOCOL,
        `bearer.${await tokens.access()}`,
      ]);
      socket.addEventListener('open', () => (failures = 0));
      socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
        const notification = parse(data);
        // At least once is what the relay promises: the id makes it once.
        if (notification === undefined || seen.has(notification.id)) return;
        seen.add(notification.id);
        show(notification);
      });
      socket.addEventListener('close', ({ code }) => {
        if (code !== 1008) later();
      });
    } catch {
      later();
    }
  };
  const later = () => setTimeout(() => void connect(), backoff(failures++, Math.random));
  void connect();
}

function parse(data: string): Notification | undefined {
  const message = JSON.parse(data) as Partial<Notification>;
  return typeof message.id === 'string' && typeof message.type === 'string' ? (message as Notification) : undefined;
}
