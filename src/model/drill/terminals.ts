/** Live terminal sessions on the platform's nodes, each of a rental of its own user, counted byte by byte. */
export interface Terminals {
  /** Opens so many sessions, spread over the nodes, each running a shell that writes numbered lines. */
  open(count: number): Promise<OpenTerminals>;
}

export interface OpenTerminals {
  readonly sessions: readonly { readonly id: string; readonly part: string }[];
  /** What became of them so far. */
  report(): Promise<TerminalReport>;
  close(): Promise<TerminalReport>;
}

export interface TerminalReport {
  readonly sessions: number;
  /** Closes by WebSocket code: 1012 is a clean hand-over, 1006 an abrupt end. */
  readonly closes: Readonly<Record<string, number>>;
  readonly resumed: number;
  readonly lostBytes: number;
  readonly doubledBytes: number;
}
