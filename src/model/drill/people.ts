/** Test users of a target. */
export interface People {
  /** An access token of a user whom the target's identity provider keeps for drills. */
  token(user: string): Promise<string>;
  /** Access tokens of so many ordinary customers, each another one: services count rates by user. Rejects where there are not as many. */
  crowd(count: number): Promise<readonly string[]>;
  /** Names of an ordinary customer, another tenant's customer, and an administrator. */
  readonly names: { readonly customer: string; readonly stranger: string; readonly admin: string };
}
