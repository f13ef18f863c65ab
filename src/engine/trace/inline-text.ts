import type { Origin, Pointer } from '../../model/origin.ts';
import type { Sources } from '../discover/sources.ts';
import { locatePointer } from '../locate.ts';

/**
 * A place in YAML that a string of another document holds: that string's own place, and the line where it is known. A literal block
 * starts on the line after its `|`; of other scalars, and of strings that are held elsewhere, only the line within is known.
 */
export function inlinePlace(
  sources: Sources,
  holder: Origin & { readonly pointer: Pointer },
  text: string,
  document: number,
  pointer: Pointer,
): Origin {
  const whole = sources.text(holder.path, []);
  if (typeof whole !== 'string') return holder;
  const outer = locatePointer(whole, holder.document ?? 0, holder.pointer);
  const inner = locatePointer(text, document, pointer);
  if (outer === undefined || inner === undefined) return holder;
  const lines = whole.split(/\r\n|\r|\n/);
  if (!/[|][-+0-9]*\s*(?:#.*)?$/.test(lines[outer.line - 1] ?? '')) return { ...holder, textLine: inner.line };
  const line = outer.line + inner.line;
  const indent = (lines[line - 1] ?? '').indexOf((text.split('\n')[inner.line - 1] ?? '').trimEnd());
  return { ...holder, line, column: inner.column + Math.max(0, indent) };
}
