/** The side of who sends webhooks to the platform: deliver, replay, reorder, forge, lose. */
export interface Webhooks {
  /** Makes an event about an object that no customer has. It is in the sender's listing, and not delivered. */
  make(event: NewEvent): Promise<SentEvent>;
  /** One delivery to the service's route. Status of the answer; rejects where there is none. */
  deliver(event: SentEvent, signature?: Signature): Promise<number>;
  /** What the platform made of the events of an object; `undefined` where it knows none. */
  effect(object: string): Promise<Effect | undefined>;
  /** How this target compares with the sender's listing: seconds between two comparisons, and for how long a delivery may be under way. */
  readonly comparison: { readonly everySeconds: number; readonly settleSeconds: number };
}

export interface NewEvent {
  /** Of the object, made up by the drill. */
  readonly object: string;
  readonly change: 'paid' | 'failed';
  /** How long ago it happened, in seconds; default 0. */
  readonly agoSeconds?: number;
}

export interface SentEvent {
  readonly id: string;
  readonly object: string;
}

/**
 * `good`: the sender's own, of now. The others are of somebody else: without one, with another key, with the right key over another body, and
 * with the right key an hour ago.
 */
export type Signature = 'good' | 'none' | 'other-key' | 'other-body' | 'old';

export interface Effect {
  /** The event that was applied last. */
  readonly event: string;
  readonly change: 'paid' | 'failed' | 'other';
  /** At least so many times was something written of it: told by the store, not by the service. */
  readonly writes: number;
}
