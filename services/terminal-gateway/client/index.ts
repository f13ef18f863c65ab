/** The browser's half of a terminal: a session that survives its connections, and xterm.js bound to it. */
export { TerminalClient } from './client.ts';
export { backoff, type StopReason } from './closes.ts';
export { type Notice } from './notices.ts';
export { LoginNeeded, type ClientOptions, type Status, type Ticket } from './options.ts';
export { openTerminal, type OpenTerminal, type TerminalOptions } from './terminal.ts';
