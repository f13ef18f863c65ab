import type { Piece } from './lines.ts';

/** A footnote, and the source lines that refer to it. */
export interface Footnote {
  readonly text: string;
  readonly lines: readonly number[];
  readonly from: ReadonlySet<number>;
}

const DEFINITION = /^ {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)$/;
const REFERENCE = /\[\^([^\]\s]{1,60})\](?!:)/g;

/**
 * Takes footnotes out of a document, their signs out of its text: neither is CommonMark, and a footnote explains what refers to it and asks
 * for nothing itself. A sign without a footnote is text.
 */
export function takeFootnotes(pieces: readonly Piece[]): { pieces: Piece[]; footnotes: Footnote[] } {
  const { defined, rest } = takeDefinitions(pieces);
  if (defined.size === 0) return { pieces: rest, footnotes: [] };
  const from = new Map<string, Set<number>>();
  const without = rest.map((piece) => (piece.literal ? piece : { ...piece, text: withoutSigns(piece, defined, from) }));
  const footnotes = [...defined].map(([id, { text, lines }]) => ({
    text: text.join(' '),
    lines,
    from: from.get(id) ?? new Set<number>(),
  }));
  return { pieces: without, footnotes };
}

interface Definition {
  readonly text: string[];
  readonly lines: number[];
}

/** A footnote goes on in the lines that are indented below it. */
function takeDefinitions(pieces: readonly Piece[]): { defined: Map<string, Definition>; rest: Piece[] } {
  const defined = new Map<string, Definition>();
  let open: Definition | undefined;
  const rest = pieces.map((piece, at): Piece => {
    const [, id, first = ''] = (piece.literal ? null : DEFINITION.exec(piece.text)) ?? [];
    if (id !== undefined) {
      open = { text: first === '' ? [] : [first], lines: [...piece.lines] };
      defined.set(id, open);
      return { text: '', lines: piece.lines };
    }
    if (piece.text === '') return piece;
    const needs = pieces[at - 1]?.text === '' ? /^(?: {4}|\t)/ : /^(?: {2}|\t)/;
    if (open === undefined || piece.literal || !needs.test(piece.text)) {
      open = undefined;
      return piece;
    }
    open.text.push(piece.text.trim());
    open.lines.push(...piece.lines);
    return { text: '', lines: piece.lines };
  });
  return { defined, rest };
}

function withoutSigns(piece: Piece, defined: ReadonlyMap<string, Definition>, from: Map<string, Set<number>>): string {
  return piece.text.replaceAll(REFERENCE, (sign, id: string) => {
    if (!defined.has(id)) return sign;
    const lines = from.get(id) ?? new Set();
    from.set(id, lines);
    for (const line of piece.lines) lines.add(line);
    return '';
  });
}
