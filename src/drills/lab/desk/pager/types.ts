/** What the pager knows. */

export type RecordKind = 'page' | 'message' | 'escalation' | 'dead-man';

/** One line of `pages.jsonl`: an alert as it arrived, or what the pager did of itself. */
export interface PageRecord {
  readonly id: string;
  /** When it arrived, RFC 3339 with milliseconds. */
  readonly at: string;
  readonly kind: RecordKind;
  readonly receiver: string;
  /** Which of the receiver's ends it was sent to, `pagerduty-1`. */
  readonly integration: string;
  readonly status: 'firing' | 'resolved';
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When Alertmanager says that the alert began. */
  readonly startsAt?: string;
  readonly fingerprint?: string;
  /** 1 is whoever has the shift; an escalation goes one further. */
  readonly level: number;
}

export interface Acknowledgement {
  readonly at: string;
  readonly by: string;
}

export type ListedPage = PageRecord & { readonly acknowledged?: Acknowledgement };

export interface PagerSettings {
  /** Seconds after a page at which it goes to each further level while nobody acknowledges it, by receiver; `''`: all that have none of their own. */
  readonly escalation: Readonly<Record<string, readonly number[]>>;
  /** Seconds without a beat after which the switch pages. Counted from the start, so that a beat that never came is missed, too. */
  readonly deadManAfter: number;
}

/** How many times faster than its settings it goes. */
export interface PagerPace {
  readonly escalation: number;
  readonly deadMan: number;
}

export interface PagerOptions extends PagerSettings {
  /** Takes each record as it is made, in order. */
  record(page: PageRecord): void;
  now?(): number;
}
