/** Who is paged: what arrived, when. */
export interface Pager {
  /** `Date.now()` of the pager: what `at` of its records is of. */
  now(): number;
  /** Notifications that arrived since a moment of `Date.now()`, oldest first. */
  since(at: number): Promise<readonly Page[]>;
  acknowledge(id: string, by: string): Promise<void>;
  /** Last beat of each sender that the dead man's switch listens to. */
  beats(): Promise<readonly { readonly name: string; readonly at: number }[]>;
  /** How it escalates and how long it waits for a beat, by its own settings at the speed of now. */
  settings(): Promise<PagerSettings>;
  /** Escalates, and misses beats, so many times faster until the end of the run. */
  hurry(faster: { readonly escalation: number; readonly deadMan: number }): Promise<void>;
}

export interface PagerSettings {
  /** Seconds from the page to each further level, by receiver; `''`: all others. */
  readonly escalation: Readonly<Record<string, readonly number[]>>;
  /** Seconds without a beat after which the switch pages. */
  readonly deadManSeconds: number;
}

export interface Page {
  readonly id: string;
  /** `page` and `message` arrived from Alertmanager; the others are the pager's own. */
  readonly kind: 'page' | 'message' | 'escalation' | 'dead-man';
  /** `Date.now()` on arrival. */
  readonly at: number;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  /** 1 is whoever has the shift; an escalation goes one further. */
  readonly level: number;
}
