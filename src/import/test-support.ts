import { readFileSync } from 'node:fs';
import type { ControlMeta } from '../model/control.ts';
import { importMarkdown } from './import-markdown.ts';
import { SYNONYMS } from './match/synonyms.ts';
import type { ImportResult, SourceFile } from './types.ts';

export const FIXTURES = ['odd', 'plan', 'platform-table', 'review', 'roadmap', 'tracker'] as const;

/** A catalog with the ids that have phrases, titled by their ids: what the tests say does not hang on other wording. */
export const CATALOG: readonly ControlMeta[] = Object.keys(SYNONYMS).map((id) => ({
  id,
  title: id.replaceAll('-', ' '),
  statement: `${id} holds.`,
  area: 'operations',
  stage: 'day-0',
  launch: false,
  sources: ['PB1'],
  halves: ['check'],
  reads: ['spec'],
  severity: 'medium',
  about: 'platform',
  waivable: true,
  version: 1,
}));

export function fixture(name: (typeof FIXTURES)[number]): SourceFile {
  return { path: `${name}.md`, text: readFileSync(new URL(`fixtures/${name}.md`, import.meta.url), 'utf8') };
}

export function importFixture(name: (typeof FIXTURES)[number]): ImportResult {
  return importMarkdown([fixture(name)], CATALOG);
}

export function importText(text: string): ImportResult {
  return importMarkdown([{ path: 'doc.md', text }], CATALOG);
}

export function titles(result: ImportResult, kind?: string): string[] {
  return result.items.filter((item) => kind === undefined || item.kind === kind).map((item) => item.title);
}

export function item(result: ImportResult, title: string) {
  const found = result.items.find((each) => each.title.startsWith(title));
  if (found === undefined) throw new Error(`no item “${title}” in ${titles(result).join(' | ')}`);
  return found;
}

export function track(result: ImportResult, id: string) {
  const found = result.tracks.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no track ${id} in ${result.tracks.map((each) => each.id).join(' ')}`);
  return found;
}

export function controlsOf(result: ImportResult, title: string): string[] {
  return item(result, title).matches.map((match) => match.control);
}
