import type { Run, Tone } from './ansi.ts';

/** Pixels of one character cell, and of the window around the text. */
const CELL = { width: 8.4, height: 19 };
const MARGIN = { left: 20, top: 52, bottom: 20 };

const STYLE = `
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: #d1d7e0; white-space: pre }
  .bold { font-weight: 700; fill: #f0f6fc } .dim { fill: #8b949e }
  .red { fill: #ff7b72 } .green { fill: #56d364 } .yellow { fill: #e3b341 }
  .blue { fill: #79c0ff } .magenta { fill: #d2a8ff } .cyan { fill: #76d9e6 }
`;

/**
 * A dark window with these lines. Every run is put on its column and stretched to its width, so that columns stay straight
 * whatever monospaced font the reader has.
 */
export function drawTerminal(
  lines: readonly (readonly Run[])[],
  columns: number,
  widthOf: (text: string) => number,
): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN.left);
  const height = MARGIN.top + lines.length * CELL.height + MARGIN.bottom;
  const label = lines.map((runs) => runs.map(({ text }) => text).join('')).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(label.split('\n')[0] ?? '')}</title>`,
    `<desc>${escaped(label)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" stroke="#3d444d"/>`,
    ...[20, 40, 60].map((x) => `<circle cx="${x + 6}" cy="22" r="6" fill="#3d444d"/>`),
    ...lines.flatMap((runs, row) => drawLine(runs, MARGIN.top + row * CELL.height + 10, widthOf)),
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(runs: readonly Run[], y: number, widthOf: (text: string) => number): string[] {
  let column = 0;
  return runs.flatMap(({ text, tones }) => {
    const indent = text.length - text.trimStart().length;
    const x = rounded(MARGIN.left + (column + indent) * CELL.width);
    column += widthOf(text);
    const word = text.trim();
    if (word === '') return [];
    const length = rounded(widthOf(word) * CELL.width);
    return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${classOf(tones)}>${escaped(word)}</text>`;
  });
}

/** A colour goes before the lighter ink of bold text. */
function classOf(tones: readonly Tone[]): string {
  return tones.length === 0 ? '' : ` class="${tones.join(' ')}"`;
}

function rounded(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
