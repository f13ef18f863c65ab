import { Cursor } from '../../model/cursor.ts';
import type { Directive, DirectiveClass } from '../../model/document.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { MountedFile } from '../../model/mounted-files.ts';
import type { Program } from './programs.ts';

/** What a program is told, as far as the manifests tell it. */
export interface Told {
  readonly view: PlatformView;
  readonly workload: Workload;
  readonly program: Program;
  readonly files: readonly MountedFile[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Reads a mounted file with the reader of a class; lines that were not understood stand as `include`, for what they may hide. */
export function directives(
  view: PlatformView,
  kind: DirectiveClass,
  { text, origin }: MountedFile,
): { directives: Directive[]; isWhole: boolean } {
  const { directives: read, problems } = view.readDirectives(kind, text, origin);
  return { directives: [...read], isWhole: problems.length === 0 };
}

export function document(view: PlatformView, file: MountedFile | undefined): Cursor | undefined {
  const value = file === undefined ? undefined : view.readData(file.text);
  return file === undefined || value === undefined ? undefined : new Cursor(value, file.origin);
}
