import { withoutCommands } from '../text/workflow-commands.ts';

/** Markup that is safe to place in a page: made by {@link html} alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Slot = Markup | string | number | undefined | false | readonly Slot[];

/** A template in which every value is escaped unless it is markup already; lists are joined, absent values are nothing. */
export function html(parts: TemplateStringsArray, ...slots: readonly Slot[]): Markup {
  return new Markup(parts.map((part, index) => part + rendered(slots[index])).join(''));
}

function rendered(slot: Slot): string {
  if (slot === undefined || slot === false) return '';
  if (slot instanceof Markup) return slot.text;
  if (typeof slot === 'object') return slot.map(rendered).join('');
  return escapeHtml(String(slot));
}

/** Text for an element or a quoted attribute. What has no picture is spelled out, so that a name cannot reorder a line. */
function escapeHtml(text: string): string {
  return withoutCommands(
    text
      .replaceAll(
        /(?![\t\n\r\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
      )
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  );
}
