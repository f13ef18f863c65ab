/** Answers to what an entry or a column asks: `SLOs defined: Yes`, `Dashboards: Partial`, `Budgets: ❌ (see OPS-12)`. */
import { isDone, SIGN } from '../repair/boxes.ts';
import type { TrackStatus } from '../types.ts';
import { doubts, statusOf } from './statuses.ts';
import { saysNothing } from './vocabulary.ts';

const WORDS: ReadonlyMap<string, TrackStatus> = new Map([
  ['yes', 'done'],
  ['y', 'done'],
  ['ja', 'done'],
  ['oui', 'done'],
  ['no', 'open'],
  ['n', 'open'],
  ['nein', 'open'],
  ['non', 'open'],
  ['not yet', 'open'],
  ['missing', 'open'],
  ['partly', 'in_progress'],
  ['partially', 'in_progress'],
]);

/** A sign, or a word or two with nothing, a bracket, a dash or a comma behind. */
const ANSWER = new RegExp(`^(?:${SIGN}(?=$|[\\s(,;.])|(\\p{L}+(?: \\p{L}+)?)(?=$|\\s*[(,;.]|\\s+[–—-]\\s))`, 'u');

/** The status that an answer gives; undefined for a text that is none, or that takes a yes back: `Yes (except billing)`. */
export function statusOfAnswer(text: string): TrackStatus | undefined {
  const [answer = '', sign, word = ''] = ANSWER.exec(text.trim()) ?? [];
  const ticked = isDone(sign ?? text);
  const status = ticked === undefined ? (WORDS.get(word.toLowerCase()) ?? statusOf(word)) : ticked ? 'done' : 'open';
  const rest = text.trim().slice(answer.length).replaceAll(/[()]/g, ' ');
  return status === 'done' && doubts(`${answer} (${rest})`) ? undefined : status;
}

/** True for a cell that answers, or leaves the answer out. */
export function isAnswer(text: string): boolean {
  return text === '' || saysNothing(text) || statusOfAnswer(text) !== undefined;
}
