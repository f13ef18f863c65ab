import type { Digest } from '../../model/digest.ts';
import type { Decision } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { counted } from '../order.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest whole unit of a span: `41 days`, `3 hours`, `5 minutes`. A negative span counts as none. */
export function span(milliseconds: number): string {
  if (milliseconds >= 2 * DAY) return counted(Math.floor(milliseconds / DAY), 'day');
  if (milliseconds >= 2 * HOUR) return counted(Math.floor(milliseconds / HOUR), 'hour');
  return counted(Math.max(0, Math.floor(milliseconds / MINUTE)), 'minute');
}

/** How old a piece of evidence was when the gate decided: "drill on staging, 12 days old"; its digest where nothing is known of it. */
export function evidenceAge(digest: Digest, decision: Decision, context: ReportContext): string {
  const note = context.evidence?.find((candidate) => candidate.digest === digest);
  if (note === undefined) return digest.slice(0, 19);
  return `${note.title}, ${span(Date.parse(decision.at) - Date.parse(note.at))} old`;
}

/** When it runs out, seen from the decision: "expires in 48 days", "expired 11 days ago". */
export function expiry(expires: string, decision: Decision): string {
  const left = Date.parse(expires) - Date.parse(decision.at);
  return left >= 0 ? `expires in ${span(left)}` : `expired ${span(-left)} ago`;
}
