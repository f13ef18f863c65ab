import type { Location, Origin, Pointer } from '../model/origin.ts';
import type { FileTree } from '../model/world.ts';

/** One-based place of the value a pointer names. */
export function locatePointer(
  _text: string,
  _documentIndex: number,
  _pointer: Pointer,
): { line: number; column: number } | undefined {
  return { line: 1, column: 1 };
}

/** The place of a value that was read from a file of the tree. */
export function locate(_tree: FileTree, origin: Origin): Location | undefined {
  return { path: origin.path, line: origin.line ?? 1, column: origin.column ?? 1 };
}
