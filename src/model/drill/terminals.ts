/** Live terminal sessions on the platform's nodes, each of a user of its own, typed into and counted byte by byte. */
export interface Terminals {
  /**
   * Opens so many sessions, spread over the nodes, each running a shell that writes a numbered line every `tick` seconds (default 0.5) and
   * repeats what is typed into it. They are closed with the run in any case.
   */
  open(count: number, options?: { readonly tick?: number }): Promise<OpenTerminals>;
}

export interface OpenTerminals {
  /** Where each session is connected now, as the gateways tell an operator; `undefined` for one that no gateway holds. */
  places(): Promise<readonly { readonly id: string; readonly part: string | undefined }[]>;
  /** What became of them so far. */
  report(): Promise<TerminalReport>;
  /** Cuts every connection as a lost network would, and resolves when all sessions were taken up again. */
  reconnect(): Promise<void>;
  /** Ends every shell, waits for its last byte, and answers the whole. */
  close(): Promise<TerminalReport>;
}

export interface TerminalReport {
  readonly sessions: number;
  /** Closes by WebSocket code: 1012 is a clean hand-over, 1006 an abrupt end. Those of `reconnect` and of the end are left out. */
  readonly closes: Readonly<Record<string, number>>;
  /** Connections that took up a session that was there. */
  readonly resumed: number;
  readonly lostBytes: number;
  readonly doubledBytes: number;
  /** What was wrong, in words, one for each session that has something; a shell that never ended is among them. */
  readonly damaged: readonly string[];
}
