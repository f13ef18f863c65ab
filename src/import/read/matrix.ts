/** Tables of services by checks, as reviews of readiness have them: each column asks one thing of every row. */
import type { TrackStatus } from '../types.ts';
import { isAnswer, statusOfAnswer } from './answers.ts';
import { eachOnce, linksIn } from './links.ts';
import type { Table } from './outline.ts';
import type { Rich } from './rich.ts';
import { addDraft, addProse, type Context, type Reading } from './reading.ts';
import { ENVIRONMENT_LABEL, saysNothing } from './vocabulary.ts';

/** What the rows of such a table are, by the name of their column. */
const SUBJECTS =
  /^(?:micro)?(?:services?|components?|apps?|applications?|systems?|workloads?|repos?(?:itory|itories)?)(?: names?)?$/i;
/** A table with fewer columns of answers tells of its rows. */
const FEWEST = 3;

/** Reads the columns of such a table into items, each with what it says of every row; false for any other table. */
export function readMatrix(reading: Reading, context: Context, { header, headerLines, rows }: Table): boolean {
  const asked = [...header.keys()].slice(1);
  const isAnswered = (at: number): boolean =>
    rows.some(({ cells }) => cells[at]?.text !== '') &&
    rows.every(({ cells }) => isAnswer(cells[at]?.text ?? '') || linksIn(cells[at]!).length > 0);
  const asksOne = ({ text }: Rich): boolean => text !== '' && !ENVIRONMENT_LABEL.test(text);
  const isMatrix =
    SUBJECTS.test(header[0]?.text ?? '') &&
    asked.length >= FEWEST &&
    asked.every((at) => asksOne(header[at]!) && isAnswered(at));
  if (!isMatrix) return false;
  const names = namesOf(rows.map(({ cells }) => cells[0]?.text ?? ''));
  for (const at of asked) {
    const title = header[at]?.text ?? '';
    const said = rows.map(({ cells }, row) => ({ of: names[row] ?? '', cell: cells[at]! }));
    const status = statusOfAll(said.map(({ cell }) => cell.text));
    addDraft(reading, context, {
      lines: headerLines,
      title,
      statement: title,
      notes: said.map(({ of, cell }) => ({ label: of, text: cell.text === '' ? 'not said' : cell.text })),
      evidence: eachOnce(said.flatMap(({ cell }) => linksIn(cell))),
      ...(status === undefined ? {} : { status }),
    });
  }
  for (const { lines } of rows) addProse(reading, context, lines);
  return true;
}

/** A name that is left out is the one above: the cells were merged. */
function namesOf(written: readonly string[]): string[] {
  let above = '';
  return written.map((name) => (above = name || above));
}

/** Done where it is done for all that it applies to, begun where it is for some; undefined where nobody says. */
function statusOfAll(texts: readonly string[]): TrackStatus | undefined {
  const statuses = texts.filter((text) => !saysNothing(text)).map((text) => statusOfAnswer(text) ?? 'open');
  if (statuses.length === 0) return undefined;
  if (statuses.every((status) => status === 'done')) return 'done';
  return statuses.every((status) => status === 'open') ? 'open' : 'in_progress';
}
