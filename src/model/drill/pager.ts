/** Who is paged: what arrived, when. */
export interface Pager {
  /** Notifications that arrived since a moment of `Date.now()`, oldest first. */
  since(at: number): Promise<readonly Page[]>;
}

export interface Page {
  /** `Date.now()` on arrival. */
  readonly at: number;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
}
