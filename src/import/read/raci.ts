/** Tables of who is responsible, accountable, consulted and informed: one column a role, a letter or two in each cell. */
import type { Table } from './outline.ts';

const CODES = /^[RACIVSQO](?:\s*[/,+&]?\s*[RACIVSQO]){0,3}$/;
const NONE = /^[-–—]?$/;

/** The columns that hold such letters; none where the table says of nobody that they do it or answer for it. */
export function raciColumns({ header, rows }: Pick<Table, 'header' | 'rows'>): number[] {
  const columns = header.flatMap((_, at) => {
    const said = rows.map(({ cells }) => cells[at]?.text ?? '');
    const isRaci = said.some((text) => CODES.test(text)) && said.every((text) => CODES.test(text) || NONE.test(text));
    return at > 0 && isRaci ? [at] : [];
  });
  const holds = (letter: string): boolean =>
    columns.some((at) => rows.some(({ cells }) => cells[at]?.text.includes(letter)));
  return columns.length > 1 && holds('R') && holds('A') ? columns : [];
}

/** Who answers for a row: the role that is accountable, else those who are responsible. */
export function accountableIn(
  header: readonly { readonly text: string }[],
  cells: readonly { readonly text: string }[],
  columns: readonly number[],
): string {
  const those = (letter: string): string =>
    columns
      .filter((at) => cells[at]?.text.includes(letter))
      .map((at) => header[at]?.text ?? '')
      .join(', ');
  return those('A') || those('R');
}
