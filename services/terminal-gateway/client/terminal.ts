/** Binds a session to xterm.js: keys and size go to the shell, output to the screen, and what happens to the connection into a notice. */
import type { FitAddon } from '@xterm/addon-fit';
import type { Terminal } from '@xterm/xterm';
import { TerminalClient } from './client.ts';
import type { Status, Ticket } from './options.ts';
import { notice, type Notice } from './notices.ts';

export interface TerminalOptions {
  readonly terminal: Terminal;
  readonly fit?: FitAddon;
  readonly ticket: (session: string | undefined) => Promise<Ticket>;
  /** Shows what the user should know; `undefined` takes it away. */
  readonly notice: (notice: Notice | undefined) => void;
  readonly status?: (status: Status) => void;
}

export interface OpenTerminal {
  readonly client: TerminalClient;
  /** Leaves the shell running and lets go of the screen. */
  dispose(): void;
}

export function openTerminal({ terminal, fit, ticket, notice: show, status }: TerminalOptions): OpenTerminal {
  fit?.fit();
  const client = new TerminalClient({
    ticket,
    size: { cols: terminal.cols, rows: terminal.rows },
    output: (bytes, consumed) => terminal.write(bytes, consumed),
    status: (now) => {
      if (now.state === 'ready' && now.gap !== undefined)
        terminal.write(`\r\n\x1b[7m ${now.gap.to - now.gap.from} bytes of output are gone \x1b[0m\r\n`);
      show(notice(now));
      status?.(now);
    },
  });
  const bound = [
    terminal.onData((data) => client.input(data)),
    terminal.onBinary((data) => client.input(Uint8Array.from(data, (char) => char.charCodeAt(0)))),
    terminal.onResize((size) => client.resize(size)),
  ];
  const refit = () => fit?.fit();
  addEventListener('resize', refit);
  client.start();
  return {
    client,
    dispose() {
      removeEventListener('resize', refit);
      for (const binding of bound) binding.dispose();
      client.close();
    },
  };
}
