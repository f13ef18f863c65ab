/** Fields in brackets behind a title, and a status in front of it: `Backups restored (owner: Bo, due 2026-01-31)`. */
import type { EvidenceLink, TrackStatus } from '../types.ts';
import { statusOfAnswer } from './answers.ts';
import { linksOf } from './links.ts';
import { type Rich, splitLabel, withoutRange } from './rich.ts';
import { doubts, statusOf } from './statuses.ts';
import { type Field, fieldOf, saysNothing } from './vocabulary.ts';

export interface Aside {
  readonly owner?: string;
  readonly target?: string;
  readonly status?: TrackStatus;
  readonly evidence: readonly EvidenceLink[];
}

/** A field and what is said for it. */
export interface Part {
  readonly field: Field;
  readonly value: string;
}

const BRACKETS = /\s*(?:\(([^()]{1,200})\)|\[([^[\]]{1,200})\])/g;
const LABELLED = /^([\p{L}][\p{L} _-]{0,24}?)\s*[:=]\s*(\S.*)$/u;
/** Before a date people leave the colon out. */
const DATED =
  /^(due|due by|due date|target|eta|deadline)\s+((?:\d|q[1-4]\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b).*)$/i;
const NAME = /^\p{Lu}[\p{L}\p{N}.'’-]*(?: \p{Lu}[\p{L}\p{N}.'’-]*){0,3}$/u;
const HANDLE = /^@[\w.-]+$/;
const ADDRESS = /^(?:https?:\/\/)?[\w.@~*-]*(?:\/\S+|\.\w{2,5})$/;

const LEADING = /^\s*(?:\[([\p{L} _-]{2,20})\]|\(([\p{L} _-]{2,20})\))\s+(?=\S)/u;

/**
 * A status in front of a title, and what is left: `DONE: dashboards`, `[WIP] audit logs`. One that answers a title stays in the text:
 * `Dashboards: partial`.
 */
export function takeStatus(text: Rich): { readonly rest: Rich; readonly status?: TrackStatus } {
  const label = splitLabel(text);
  if (label !== undefined && fieldOf(label.label) === undefined) {
    const labelled = statusOf(label.label);
    if (labelled !== undefined && label.rest.text !== '') return { rest: label.rest, status: labelled };
    const answered = statusOfAnswer(label.rest.text);
    if (answered !== undefined) return { rest: text, status: answered };
  }
  const leading = LEADING.exec(text.runs.map((run) => run.text).join(''));
  const status = leading === null ? undefined : statusOf(leading[1] ?? leading[2] ?? '');
  if (leading === null || status === undefined) return { rest: text, ...trailing(text) };
  return { rest: withoutRange(text, 0, leading[0].length), status };
}

const TRAILING = /(?:\s[–—-]\s+(\p{L}+(?: \p{L}+)?)(?=\s*(?:\([^()]*\))?$)|\s\((\p{L}+(?: \p{L}+)?)\)$)/u;

/** A status behind a title, which stays in the text: `Pen test — done`, `Secrets rotated (done)`. */
function trailing({ text }: Rich): { readonly status?: TrackStatus } {
  const [, dashed, bracketed] = TRAILING.exec(text) ?? [];
  const status = statusOf(dashed ?? bracketed ?? '');
  return status === undefined || (status === 'done' && doubts(text)) ? {} : { status };
}

/** The text without such brackets, and what they say. Brackets that say anything else stay in the text. */
export function takeAside(text: Rich): { readonly rest: Rich; readonly aside: Aside } {
  const joined = text.runs.map((run) => run.text).join('');
  const found = [...joined.matchAll(BRACKETS)]
    .map((match) => ({
      from: match.index,
      to: match.index + match[0].length,
      parts: partsOf(match[1] ?? match[2] ?? ''),
    }))
    .filter(({ parts }) => parts !== undefined);
  const rest = found.toReversed().reduce((left, { from, to }) => withoutRange(left, from, to), text);
  return found.length === 0 || rest.text === ''
    ? { rest: text, aside: { evidence: [] } }
    : { rest, aside: asideOf(found.flatMap(({ parts }) => parts ?? [])) };
}

/** Fields and values of a bracket, or of a line: undefined where some of it is neither, or none of it has a label. */
export function partsOf(inside: string): Part[] | undefined {
  const parts: Part[] = [];
  let isLabelled = false;
  for (const piece of inside.split(/\s*[,;]\s*/)) {
    const [, label = '', value = ''] = LABELLED.exec(piece) ?? DATED.exec(piece) ?? [];
    const field = fieldOf(label);
    const known = isTaken(field) ? { field, value } : unlabelled(piece, parts.at(-1)?.field);
    if (known === undefined || (known.field === 'status' && statusOf(known.value) === undefined)) return undefined;
    isLabelled ||= isTaken(field);
    parts.push(known);
  }
  return isLabelled ? parts : undefined;
}

/** A part without a label beside others that have one: a handle, a status, or one more of what stands before it. */
function unlabelled(piece: string, before: Field | undefined): Part | undefined {
  if (HANDLE.test(piece) || (before === 'owner' && NAME.test(piece))) return { field: 'owner', value: piece };
  if (statusOf(piece) !== undefined) return { field: 'status', value: piece };
  return before === 'evidence' && ADDRESS.test(piece) ? { field: 'evidence', value: piece } : undefined;
}

function isTaken(field: Field | undefined): field is Field {
  return field === 'owner' || field === 'target' || field === 'status' || field === 'evidence';
}

function asideOf(parts: readonly Part[]): Aside {
  const said = (field: Field): string =>
    parts
      .filter((part) => part.field === field && !saysNothing(part.value))
      .map(({ value }) => value)
      .join(', ');
  const [owner, target, status] = [said('owner'), said('target'), statusOf(said('status'))];
  const evidence = parts
    .filter(({ field }) => field === 'evidence')
    .flatMap(({ value }) => linksOf({ text: value, runs: [{ text: value, strong: false, code: false }] }));
  return {
    evidence,
    ...(owner === '' ? {} : { owner }),
    ...(target === '' ? {} : { target }),
    ...(status === undefined ? {} : { status }),
  };
}
