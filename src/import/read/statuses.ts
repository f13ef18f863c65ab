/** Words by which people say how far a thing is, and those that take it back. */
import { holdsOpenSign } from '../repair/boxes.ts';
import type { TrackStatus } from '../types.ts';

const STATUS_WORDS: Readonly<Record<TrackStatus, readonly string[]>> = {
  open: [
    'open',
    'todo',
    'to do',
    'not started',
    'not done',
    'incomplete',
    'planned',
    'backlog',
    'new',
    'pending',
    'blocked',
    'unassigned',
    'offen',
    'nicht erledigt',
    'à faire',
    'pas fait',
  ],
  in_progress: [
    'in progress',
    'inprogress',
    'wip',
    'ongoing',
    'started',
    'doing',
    'active',
    'partial',
    'partially done',
    'in review',
    'underway',
    'in arbeit',
    'en cours',
  ],
  done: [
    'done',
    'complete',
    'completed',
    'closed',
    'finished',
    'shipped',
    'resolved',
    'implemented',
    'erledigt',
    'abgeschlossen',
    'terminé',
    'fait',
  ],
};

const STATUSES: ReadonlyMap<string, TrackStatus> = new Map(
  Object.entries(STATUS_WORDS).flatMap(([status, words]) =>
    words.map((word) => [word, status as TrackStatus] as const),
  ),
);

/** What takes a word such as done back: a question, a share that is less than the whole, an exception in parentheses. */
const DOUBTS: readonly RegExp[] = [
  /\?/,
  /(?<![\d.])(?!100\s*%)\d{1,3}(?:[.,]\d{1,3})?\s*%/,
  /(?<![\d/])(\d{1,4})\s*\/\s*(?!\1(?!\d))\d{1,4}(?![\d/])/,
  /\([^)]{0,200}\b(?:except|excluding|without|but|not?|only|part(?:ly|ial|ially)|mostly|almost|pending|open|missing|remaining|remains|to-?do|wip|in progress|still|until|unless|needs?|awaiting)\b/i,
];

/**
 * The status that a value names. Emoji, quotes and a remark in parentheses do not matter, unless they take it back: nothing is done that
 * is 50% done, done with a cross, or done (except the backups).
 */
export function statusOf(value: string): TrackStatus | undefined {
  const status = STATUSES.get(statusWord(value)) ?? statusOfLight(value);
  return status === 'done' && doubts(value) ? undefined : status;
}

/** Red and amber say that a thing is not done, whatever is said beside them; green says as often that it is on its way. */
function statusOfLight(value: string): TrackStatus | undefined {
  const [, red, amber] = /^(?:(🔴)|(🟠|🟡|🚧|⏳))/u.exec(value.trim()) ?? [];
  return red === undefined ? (amber === undefined ? undefined : 'in_progress') : 'open';
}

/** True for a text that takes back the yes or done in it. */
export function doubts(value: string): boolean {
  return holdsOpenSign(value) || DOUBTS.some((doubt) => doubt.test(value));
}

function statusWord(value: string): string {
  return value
    .toLowerCase()
    .replaceAll(/[_-]+/g, ' ')
    .replace(/\([^)]*\)\s*$/, '')
    .replaceAll(/[^\p{L} ]+/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
