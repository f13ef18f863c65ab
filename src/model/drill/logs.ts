/** The log sink of the target. */
export interface Logs {
  /** Lines that hold the text, oldest first, at most `limit` (default 1,000); of one part where named. */
  find(
    text: string,
    options?: { readonly part?: string; readonly limit?: number },
  ): Promise<readonly { readonly part: string; readonly line: string }[]>;
  /** The newest lines of a part. */
  last(part: string, lines: number): Promise<readonly string[]>;
}
