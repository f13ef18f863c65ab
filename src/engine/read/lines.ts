import type { Directive } from '../../model/document.ts';
import type { ReadProblem } from './stream.ts';

/** What a line-based file says, and the lines that could not be understood. */
export interface DirectiveFile {
  readonly directives: readonly Directive[];
  readonly problems: readonly ReadProblem[];
}
