/** Changing the edge; every change is undone at the end of the run. */
export interface EdgeControl {
  setWaf(waf: { readonly mode?: 'off' | 'monitor' | 'block'; readonly paranoia?: 1 | 2 | 3 | 4 }): Promise<void>;
  /** The edge's rate limits, off for load that is to reach the services. */
  setRateLimits(on: boolean): Promise<void>;
  takeOut(part: string): Promise<void>;
  putBack(part: string): Promise<void>;
}
