/** What a user is told about their session, in words; nothing while all is well. */
import type { Status } from './options.ts';
import type { StopReason } from './closes.ts';

export interface Notice {
  readonly text: string;
  readonly tone: 'info' | 'warning' | 'error';
  /** Whether a button to come back makes sense. */
  readonly retry?: 'resume' | 'new-session' | 'login';
}

const STOPPED: Readonly<Record<StopReason, Notice>> = {
  ended: { text: 'The session has ended.', tone: 'info', retry: 'new-session' },
  protocol: { text: 'The connection was closed because of a protocol error.', tone: 'error', retry: 'resume' },
  revoked: { text: 'Your access was withdrawn.', tone: 'error', retry: 'login' },
  'session-lost': {
    text: 'The session is lost: its machine was restarted. What ran in it has ended.',
    tone: 'error',
    retry: 'new-session',
  },
  idle: {
    text: 'Closed after a long time without a key. The shell waits for a while.',
    tone: 'warning',
    retry: 'resume',
  },
  'taken-over': { text: 'The session goes on in another window.', tone: 'warning', retry: 'resume' },
  'ended-by-operator': { text: 'An operator has ended the session.', tone: 'error', retry: 'new-session' },
  expired: { text: 'The session has reached its longest duration.', tone: 'warning', retry: 'new-session' },
  'too-many-sessions': { text: 'Too many sessions are open. Close one and try again.', tone: 'error', retry: 'resume' },
  login: { text: 'Please log in again.', tone: 'warning', retry: 'login' },
};

export function notice(status: Status): Notice | undefined {
  switch (status.state) {
    case 'draining':
      return { text: 'This gateway restarts. Your session moves to another one and goes on.', tone: 'info' };
    case 'waiting':
      return {
        text: `Connection lost. Trying again in ${Math.max(1, Math.round(status.retryInMs / 1000))} s; the shell goes on.`,
        tone: 'warning',
      };
    case 'notice':
      return { text: status.message, tone: 'warning' };
    case 'input-full':
      return { text: 'Too much input is on its way; the last of it was not taken.', tone: 'warning' };
    case 'ready':
      return status.recording === 'off'
        ? undefined
        : { text: `This session is recorded (${status.recording}).`, tone: 'info' };
    case 'exited':
      return {
        text:
          status.reason === 'exited'
            ? `The shell has ended (${status.code ?? 'by a signal'}).`
            : `The session has ended: ${status.reason}.`,
        tone: 'info',
        retry: 'new-session',
      };
    case 'stopped':
      return STOPPED[status.reason];
    case 'connecting':
      return undefined;
  }
}
