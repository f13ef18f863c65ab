/** An event of a provider, once its signature is verified, and what is done about those that are not. */
import type { IncomingHttpHeaders } from 'node:http';

export interface WebhookEvent {
  /** `stripe`: ids are unique within it. */
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  /** When the provider made it. */
  readonly created: Date;
  /** What the event is about (`in_1Nx…`); events about one object are put in order. */
  readonly object?: string;
  /** Order of the object's events, where the provider counts them; else `created` orders. */
  readonly version?: bigint;
  readonly payload: unknown;
}

export interface WebhookScheme {
  readonly provider: string;
  /**
   * The event in a body as it was received, byte for byte.
   * @throws WebhookRejected for anything that the provider did not sign, or not recently.
   */
  verify(headers: IncomingHttpHeaders, body: Uint8Array): WebhookEvent;
}

/** Why an event was refused: for logs and counters. The sender is told none of it. */
export type RejectionCode = 'no-signature' | 'malformed' | 'expired' | 'mismatch' | 'payload' | 'no-secret';

export class WebhookRejected extends Error {
  override readonly name = 'WebhookRejected';
  readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Bounds of what is stored and looked up by. */
const LONGEST = { id: 255, type: 255, object: 255 };

/** @throws WebhookRejected unless the fields are what a table can hold. */
export function checkedEvent(event: WebhookEvent): WebhookEvent {
  const { id, type, object, created } = event;
  const isText = (text: unknown, longest: number): boolean =>
    typeof text === 'string' &&
    text.length > 0 &&
    text.length <= longest &&
    // Neither is kept by PostgreSQL as it is: halves of pairs would all become one character, and two ids the same.
    !text.includes('\0') &&
    text.isWellFormed();
  const sound =
    isText(id, LONGEST.id) &&
    isText(type, LONGEST.type) &&
    (object === undefined || isText(object, LONGEST.object)) &&
    // Not a number, or before there was any of this: a table's range of times ends before that of a `Date`.
    created.getTime() >= 0;
  if (!sound) throw new WebhookRejected('payload', 'the event has no usable id, type, object or time');
  return event;
}
