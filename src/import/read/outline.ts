import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import type { Piece } from '../repair/lines.ts';
import { type Rich, richOf } from './rich.ts';
import { fieldOf } from './vocabulary.ts';

export interface Table {
  readonly shape: 'table';
  readonly header: readonly Rich[];
  readonly headerLines: readonly number[];
  readonly rows: readonly { readonly cells: readonly Rich[]; readonly lines: readonly number[] }[];
}

/** A bullet, a line of a paragraph, or a block that is kept as it is. */
export interface Unit {
  readonly shape: 'bullet' | 'line' | 'code' | 'html';
  readonly rich: Rich;
  /** Source lines of its own text, without those of its children. */
  readonly lines: readonly number[];
  /** Heads the bullets below it and asks for nothing itself. */
  readonly heads?: true;
  /** Set for an entry of a task list. */
  readonly checked?: boolean;
  readonly children: readonly Block[];
}

export type Block = Unit | Table;

/** A heading and what stands below it, up to the next heading. */
export interface Section {
  readonly title: string;
  /** 1 to 6; 0 for what stands above the first heading. */
  readonly level: number;
  readonly lines: readonly number[];
  readonly blocks: readonly Block[];
  readonly parents: readonly Section[];
}

const NOTHING: Rich = { text: '', runs: [] };

/** Tables inside a bullet, however deep. */
export function nestedTables(block: Block): Table[] {
  if (block.shape === 'table') return [];
  return block.children.flatMap((child) => (child.shape === 'table' ? [child] : nestedTables(child)));
}

/** A parser for CommonMark with tables. Indented code is off: in ragged documents an indent means nothing. */
function createParser(): MarkdownIt {
  const parser = new createMarkdownIt('default', { html: true, linkify: false, maxNesting: 40 });
  return parser.disable(['lheading', 'code']);
}

/** Parses repaired lines into sections. Lines that no section mentions are link definitions or nothing at all. */
export function outline(pieces: readonly Piece[]): Section[] {
  const reader = new OutlineReader(pieces);
  return reader.read();
}

class OutlineReader {
  private readonly pieces: readonly Piece[];
  private readonly parser = createParser();
  /** Keeps the link definitions, which stand anywhere in the document. */
  private readonly definitions = {};
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
    this.tokens = this.parser.parse(pieces.map((piece) => piece.text).join('\n'), this.definitions);
  }

  read(): Section[] {
    const sections: Section[] = [];
    let open: Section = { title: '', level: 0, lines: [], blocks: [], parents: [] };
    while (this.at < this.tokens.length) {
      const blocks = this.readBlocks('heading_open');
      sections.push({ ...open, blocks });
      const heading = this.tokens[this.at];
      if (heading === undefined) break;
      open = this.readHeading(heading, sections);
      if (this.at >= this.tokens.length) sections.push(open);
    }
    return sections.filter((section) => section.level > 0 || section.blocks.length > 0);
  }

  private readHeading(heading: Token, before: readonly Section[]): Section {
    const level = Number(heading.tag.slice(1));
    const title = this.inline(this.tokens[this.at + 1]).text;
    this.at += 3;
    const last = before.at(-1);
    const chain = last === undefined ? [] : [...last.parents, last];
    const parents = chain.filter((section) => section.level > 0 && section.level < level);
    return { title, level, lines: this.sourceLines(heading), blocks: [], parents };
  }

  /** Blocks up to a token of the type, which is not taken. */
  private readBlocks(end: string): Block[] {
    const blocks: Block[] = [];
    for (let token = this.tokens[this.at]; token !== undefined && token.type !== end; token = this.tokens[this.at]) {
      this.at += 1;
      blocks.push(...this.readBlock(token));
    }
    return blocks;
  }

  private readBlock(token: Token): Block[] {
    switch (token.type) {
      case 'list_item_open':
        return [this.readItem(token)];
      case 'paragraph_open':
      case 'heading_open':
        return this.readParagraph(token);
      case 'table_open':
        return [this.readTable()];
      case 'fence':
      case 'code_block':
        return [{ shape: 'code', rich: plain(token.content), lines: this.sourceLines(token), children: [] }];
      case 'html_block':
        return [{ shape: 'html', rich: plain(stripTags(token.content)), lines: this.sourceLines(token), children: [] }];
      default:
        return [];
    }
  }

  private readItem(token: Token): Unit {
    const blocks = this.readBlocks('list_item_close');
    this.at += 1;
    const [first, ...rest] = blocks;
    if (first === undefined || first.shape !== 'line') {
      const lines = this.sourceLines({ map: [token.map?.[0] ?? 0, (token.map?.[0] ?? 0) + 1] });
      return { shape: 'bullet', rich: NOTHING, lines: first === undefined ? lines : [], children: blocks };
    }
    const box = /^\[([ xX])\](?:\s+|$)/.exec(first.rich.text);
    if (box === null) return { ...first, shape: 'bullet', children: rest };
    const text = withoutBox(first.rich);
    const checked = box[1] !== ' ';
    const [next, ...others] = rest;
    if (text.text !== '' || next === undefined || next.shape !== 'line')
      return { ...first, shape: 'bullet', rich: text, checked, children: rest };
    return { shape: 'bullet', rich: next.rich, lines: [...first.lines, ...next.lines], checked, children: others };
  }

  private readParagraph(token: Token): Unit[] {
    const inline = this.tokens[this.at];
    this.at += 2;
    const texts = (inline?.content ?? '').split('\n');
    const start = token.map?.[0] ?? 0;
    const all = this.sourceLines(token);
    const aligned = texts.length === (token.map?.[1] ?? 0) - start;
    const groups = aligned ? logicalLines(texts) : [{ from: 0, to: texts.length }];
    return groups.map(({ from, to }) => ({
      shape: 'line',
      rich: this.parseInline(texts.slice(from, to).join('\n')),
      lines: aligned ? this.sourceLines({ map: [start + from, start + to] }) : all,
      children: [],
    }));
  }

  private readTable(): Table {
    const rows: { cells: Rich[]; lines: number[] }[] = [];
    let cells: Rich[] = [];
    for (
      let token = this.tokens[this.at];
      token !== undefined && token.type !== 'table_close';
      token = this.tokens[this.at]
    ) {
      this.at += 1;
      if (token.type === 'tr_open') rows.push({ cells: (cells = []), lines: this.sourceLines(token) });
      if (token.type === 'inline') cells.push(this.inline(token));
    }
    this.at += 1;
    const [header, ...body] = rows;
    return { shape: 'table', header: header?.cells ?? [], headerLines: header?.lines ?? [], rows: body };
  }

  private inline(token: Token | undefined): Rich {
    return richOf(token?.children ?? []);
  }

  private parseInline(text: string): Rich {
    return this.inline(this.parser.parseInline(text, this.definitions)[0]);
  }

  private sourceLines(token: { map: [number, number] | null }): number[] {
    const [from, to] = token.map ?? [0, 0];
    return [...new Set(this.pieces.slice(from, to).flatMap((piece) => (piece.text === '' ? [] : piece.lines)))];
  }
}

function plain(text: string): Rich {
  const trimmed = text.replaceAll(/\s+/g, ' ').trim();
  return { text: trimmed, runs: [{ text: trimmed, strong: false, code: false }] };
}

function withoutBox(text: Rich): Rich {
  const [first, ...others] = text.runs;
  const runs = first === undefined ? [] : [{ ...first, text: first.text.replace(/^\s*\[[ xX]\]\s*/, '') }, ...others];
  return { text: text.text.replace(/^\[[ xX]\]\s*/, ''), runs };
}

/** Comments say nothing; of other HTML the words between the tags count. */
function stripTags(html: string): string {
  return html.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ' ').replaceAll(/<[^<>]*>/g, ' ');
}

/**
 * Groups the lines of a paragraph: a wrapped sentence is one, and a new one begins at a label, after a hard break, after
 * a bold line, or with a capital after a finished sentence.
 */
function logicalLines(texts: readonly string[]): { from: number; to: number }[] {
  const groups: { from: number; to: number }[] = [];
  for (const [index, text] of texts.entries()) {
    const open = groups.at(-1);
    if (open === undefined || beginsLine(texts[index - 1] ?? '', text)) groups.push({ from: index, to: index + 1 });
    else open.to = index + 1;
  }
  return groups;
}

function beginsLine(before: string, text: string): boolean {
  if (/(?: {2,}|\\)$/.test(before) || /^\s*(?:\*\*|__)[^*_]+(?:\*\*|__)\s*$/.test(before)) return true;
  if (/^\s*\[[ xX]\]\s+(?:\*\*|__)[^*]+(?:\*\*|__)\s*$/.test(before)) return true;
  if (/^\s*(?:\*\*|__)[^*_]{1,60}(?::(?:\*\*|__)|(?:\*\*|__)\s*:)/.test(text)) return true;
  const label = /^\s*([\p{L}][\p{L} _-]{1,24}?)\s*:(?:\s|$)/u.exec(text)?.[1];
  if (label !== undefined && fieldOf(label) !== undefined) return true;
  return /[.:;!?)][*_`"”')]*\s*$/.test(before) && /^\s*["“*`(]*[\p{Lu}\d]/u.test(text);
}
