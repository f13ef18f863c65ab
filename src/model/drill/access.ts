/** The platform's administrators: what their tokens open, and refusing one in an emergency. */
export interface Access {
  /**
   * Status of an admin route of the service for this token: of one replica, asked past the edge. `undefined` when it gave no answer in time,
   * which lets nobody in either. Throws CannotTell where no admin route of it takes a token.
   */
  asAdmin(part: string, token: string): Promise<number | undefined>;
  /** Puts the token on the deny-list by the runbook's own way, in the name of whom `by` belongs to. It ends with the token's life. */
  revoke(token: string, by: string): Promise<void>;
  /** The store that the deny-list is kept in. */
  readonly listStore: string;
}
