import type { Block, Unit } from './outline.ts';
import { isStrong, splitLabel } from './rich.ts';
import { fieldOf, GROUP_WORDS } from './vocabulary.ts';

/**
 * Puts the bullets of a flat list below the bullets that head them. A head is short and unfinished where the bullets
 * after it are sentences: `Data workstream`, then `Configure backups.`
 */
export function nestFlatGroups(blocks: readonly Block[]): Block[] {
  const bullets = blocks.filter((block): block is Unit => block.shape === 'bullet');
  const finished = bullets.filter((bullet) => /[.!?]["”')]*$/.test(bullet.rich.text)).length;
  const sentences = finished * 10 >= bullets.length * 6;
  const result: Block[] = [];
  let head: { unit: Unit; children: Block[] } | undefined;
  for (const [index, block] of blocks.entries()) {
    if (block.shape === 'bullet' && headsNext(block, blocks[index + 1], sentences)) {
      head = { unit: block, children: [] };
      result.push({ ...block, heads: true, children: head.children });
    } else if (head !== undefined && block.shape === 'bullet' && block.checked === undefined) head.children.push(block);
    else {
      if (block.shape !== 'bullet') head = undefined;
      result.push(block);
    }
  }
  return result;
}

function headsNext(block: Unit, next: Block | undefined, sentences: boolean): boolean {
  if (next === undefined || next.shape !== 'bullet' || block.children.length > 0 || block.checked !== undefined)
    return false;
  return looksLikeHead(block, sentences) && !looksLikeHead(next, sentences);
}

function looksLikeHead(unit: Unit, sentences: boolean): boolean {
  const text = unit.rich.text;
  const words = text.split(/\s+/).length;
  if (words > 8 || /[.!?;,]$/.test(text)) return false;
  const label = splitLabel(unit.rich);
  if (label !== undefined) return label.rest.text === '' && fieldOf(label.label) === undefined;
  return GROUP_WORDS.test(text) || isStrong(unit.rich) || (sentences && words <= 6);
}
