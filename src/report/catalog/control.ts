import type { ControlMeta } from '../../model/control.ts';
import type { HumanOptions } from '../context.ts';
import { pageOf, type Page } from '../text/page.ts';

/** One control explained on a terminal: its documentation page laid out anew, or its metadata where there is no page. */
export function renderControl(meta: ControlMeta, markdown: string | undefined, options: HumanOptions): string {
  const page = pageOf(options);
  const lines =
    markdown === undefined ? metaLines(page, meta) : blocksOf(markdown).flatMap((block) => blockLines(page, block));
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function metaLines(page: Page, meta: ControlMeta): string[] {
  return [
    ...page.text(0, `${meta.id}: ${meta.title}`, 'strong'),
    '',
    ...page.text(0, meta.statement),
    '',
    ...page.columns(
      2,
      [
        ['Area', meta.area],
        ['Due', meta.launch ? `${meta.stage}, required by the public launch` : meta.stage],
        ['Halves', meta.halves.join(', ')],
        ['Waivable', meta.waivable ? 'yes' : 'no'],
        ['Severity', meta.severity],
        ['Reads', meta.reads.join(', ')],
      ],
      ['quiet', undefined],
    ),
  ];
}

type Block =
  | { readonly kind: 'heading' | 'text' | 'item'; readonly text: string }
  | { readonly kind: 'table' | 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'blank' };

/** The blocks of the Markdown that the project's own pages use: headings, paragraphs, lists, tables, fenced code. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let fence: string[] | undefined;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      if (fence !== undefined) blocks.push({ kind: 'code', lines: fence });
      fence = fence === undefined ? [] : undefined;
      continue;
    }
    if (fence !== undefined) fence.push(line);
    else addLine(blocks, line);
  }
  if (fence !== undefined) blocks.push({ kind: 'code', lines: fence });
  return blocks;
}

function addLine(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  if (line.trim() === '') blocks.push({ kind: 'blank' });
  else if (/^#{1,6} /.test(line)) blocks.push({ kind: 'heading', text: line.replace(/^#+ /, '') });
  else if (line.startsWith('|')) {
    if (last?.kind === 'table') blocks[blocks.length - 1] = { kind: 'table', lines: [...last.lines, line] };
    else blocks.push({ kind: 'table', lines: [line] });
  } else if (/^\s*[-*] /.test(line)) blocks.push({ kind: 'item', text: line.replace(/^\s*[-*] /, '') });
  else if (last?.kind === 'text' || last?.kind === 'item')
    blocks[blocks.length - 1] = { kind: last.kind, text: `${last.text} ${line.trim()}` };
  else blocks.push({ kind: 'text', text: line });
}

function blockLines(page: Page, block: Block): string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'heading':
      return ['', ...page.text(0, plain(block.text), 'strong')];
    case 'text':
      return page.text(0, plain(block.text));
    case 'item':
      return page.labelled(2, '-', plain(block.text));
    case 'code':
      return block.lines.map((line) => `    ${page.paint('quiet', line)}`);
    case 'table':
      return tableLines(page, block.lines);
  }
}

function tableLines(page: Page, lines: readonly string[]): string[] {
  const rows = lines
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line) && line.replaceAll(/[|\s]/g, '') !== '')
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => plain(cell.replaceAll('\\|', '|').trim())),
    );
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return page.columns(2, rows, ['quiet', ...Array.from({ length: Math.max(0, columns - 1) }, () => undefined)]);
}

/** Links, code spans and strong text as their text. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/`|\*\*/g, '');
}
