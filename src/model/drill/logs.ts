/** The log sink of the target, and its audit trail. */
export interface Logs {
  /** Names under which the sink keeps the lines of the edge. */
  readonly edges: readonly string[];
  /** Lines that hold the text, oldest first, at most `limit` (default 1,000); of one part where named. */
  find(
    text: string,
    options?: { readonly part?: string; readonly limit?: number },
  ): Promise<readonly { readonly part: string; readonly line: string }[]>;
  /** The newest lines of a part. */
  last(part: string, lines: number): Promise<readonly string[]>;
  /** Writes a line with that message, of the shape that the target's lines have, where the part's own process writes: to its standard output. */
  write(part: string, message: string): Promise<void>;
  /** The audit trail, exported as its procedure exports it and followed from the first event to the last. */
  exportAudit(): Promise<AuditExport>;
}

export interface AuditExport {
  /** Oldest first. */
  readonly events: readonly AuditEntry[];
  /** The first event that does not follow from the one before it, and why. */
  readonly broken?: { readonly seq: number; readonly because: string };
  /** SHA-256 of the export, hexadecimal. */
  readonly digest: string;
}

export interface AuditEntry {
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly correlationId: string;
}
