/** Links in a text: what a field of evidence names, and what a title or a note has besides. */
import type { EvidenceLink } from '../types.ts';
import { type Rich, splitLabel } from './rich.ts';

/** Evidence named by a text: `Report: docs/a.md, docs/b.md` is two links of one title. Words beside a link are kept as they are. */
export function linksOf(text: Rich): EvidenceLink[] {
  const label = splitLabel(text);
  const spans = spansOf(label?.rest ?? text);
  if (spans.some(({ href }) => href !== undefined))
    return segmentsOf(spans).flatMap((segment) => linksOfSegment(segment, label?.label));
  const value = (label?.rest ?? text).text;
  const parts = value.split(SEPARATOR).map(bare).filter(Boolean);
  if (parts.length > 0 && parts.every(isLink)) return parts.map((link) => ({ title: label?.label ?? link, link }));
  if (text.text === '') return [];
  const urls = urlsIn(value);
  return urls.length === 0 ? [{ title: text.text }] : urls.map((link) => ({ title: text.text, link }));
}

/** The Markdown links of a text that lead out of its document; a bare address stays in the text. */
export function linksIn(text: Rich): EvidenceLink[] {
  return spansOf(text).flatMap((span) =>
    span.href === undefined || span.href === '' || span.href.startsWith('#')
      ? []
      : [{ title: titleOf(span), link: span.href }],
  );
}

/** Links without those that only lead to a person or team that is the owner. */
export function withoutOwner(links: readonly EvidenceLink[], owner: string | undefined): EvidenceLink[] {
  const names = new Set((owner ?? '').split(/\s*[,;&+]\s*/));
  return links.filter(({ title }) => !names.has(title));
}

/** Each link once, the first of those that lead to the same place; words alone not beside a link of the same words. */
export function eachOnce(links: readonly EvidenceLink[]): EvidenceLink[] {
  const seen = new Set<string>();
  const linked = new Set(links.filter(({ link }) => link !== undefined).map(({ title }) => title));
  return links.filter(({ title, link }) => {
    if (link === undefined) return !linked.has(title);
    const isNew = !seen.has(link);
    seen.add(link);
    return isNew;
  });
}

/** The text with the address of every link behind it, for where only words are kept. */
export function spelledOut(text: Rich): string {
  const spelled = spansOf(text).map((span) =>
    span.href === undefined || span.href === span.text ? span.text : `${span.text} (${span.href})`,
  );
  return spelled.join('').replaceAll(/\s+/g, ' ').trim();
}

const SEPARATOR = /\s*[,;]\s*|(?:^|\s+)and\s+/;

interface Span {
  readonly text: string;
  readonly href?: string;
}

/** Runs of one link, or of none, put together: bold words inside a link do not part it. */
function spansOf({ runs }: Rich): Span[] {
  const spans: { text: string; href: string | undefined }[] = [];
  for (const { text, href } of runs) {
    const last = spans.at(-1);
    if (last !== undefined && last.href === href) last.text += text;
    else spans.push({ text, href });
  }
  return spans.map(({ text, href }) => (href === undefined ? { text } : { text, href }));
}

function titleOf({ text, href = '' }: Span): string {
  return text.replaceAll(/\s+/g, ' ').trim() || href;
}

/** Parts of an enumeration, each with its spans; the words of a link are never parted. */
function segmentsOf(spans: readonly Span[]): Span[][] {
  const segments: Span[][] = [[]];
  for (const span of spans) {
    const [first = '', ...others] = span.href === undefined ? span.text.split(SEPARATOR) : [span.text];
    segments.at(-1)?.push({ ...span, text: first });
    for (const text of others) segments.push([{ text }]);
  }
  return segments;
}

/** A link with words beside it is called by all of them; several links by their own, and the words stand alone. */
function linksOfSegment(segment: readonly Span[], label: string | undefined): EvidenceLink[] {
  const links = segment.filter(({ href }) => href !== undefined);
  const words = segment.filter(({ href, text }) => href === undefined && !isFiller(bare(text)));
  const [only] = links;
  if (only?.href !== undefined && links.length === 1 && words.length > 0 && words.every(({ text }) => !hasLink(text))) {
    const title = titleOf({ text: segment.map(({ text }) => text).join('') });
    return [{ title: label === undefined ? title : `${label}: ${title}`, link: only.href }];
  }
  return segment.flatMap((span) => {
    if (span.href !== undefined) return [{ title: label ?? titleOf(span), link: span.href }];
    const part = bare(span.text);
    if (isLink(part)) return [{ title: label ?? part, link: part }];
    const urls = urlsIn(part);
    if (urls.length > 0) return urls.map((link) => ({ title: label ?? (urls.length === 1 ? part : link), link }));
    return isFiller(part) ? [] : [{ title: part }];
  });
}

function hasLink(text: string): boolean {
  return isLink(bare(text)) || urlsIn(text).length > 0;
}

function isFiller(part: string): boolean {
  return (
    !/[\p{L}\p{N}]/u.test(part) ||
    /^(?:and|or|see|also|plus|with|via|in|at|here|the)(?:\s+(?:also|the|in))?$/i.test(part)
  );
}

/** A part of an enumeration without the quotes, brackets and stops around it. */
function bare(part: string): string {
  return part.trim().replace(/^[`"'(<]+|[`"')>.]+$/g, '');
}

function urlsIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"`|]+/g)].map(([url]) => withoutStop(url));
}

/** An address without what the sentence puts behind it: a stop, or a bracket that it did not open itself. */
function withoutStop(url: string): string {
  let [end, unopened] = [url.length, url.split(')').length - url.split('(').length];
  for (; end > 0; end -= 1) {
    const last = url.charAt(end - 1);
    if (last === ')' && unopened > 0) unopened -= 1;
    else if (!"]}.,;:!?'*_".includes(last)) break;
  }
  return url.slice(0, end);
}

function isLink(text: string): boolean {
  if (/^n\/a$/i.test(text)) return false;
  return (
    /^https?:\/\/\S+$/.test(text) ||
    /^[\w.@~*-]*(?:\/[\w.@~*-]+)+\/?$/.test(text) ||
    /^[\w-]+\.(?:md|ya?ml|json|pdf|html|csv|txt|sh|sarif|xml)$/.test(text)
  );
}
