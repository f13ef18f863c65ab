import type { HclBlock } from '../../model/document.ts';

/** A document that was read without any doubt. */
export interface ReadDocument {
  readonly value: unknown;
  /** Zero-based position among the documents of the file, empty and broken ones counted; what `Origin.document` holds. */
  readonly index: number;
  /** One-based line of its first value. */
  readonly line: number;
}

/** Why a document, or a part of a file, was not read. Line and column are one-based. Never quotes values, which may be secret. */
export interface ReadProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** `a.yaml cannot be parsed (line 3: bad indentation)`. */
export function unparsable(path: string, { line, message }: ReadProblem): string {
  return `${path} cannot be parsed (line ${line}: ${message})`;
}

export interface ReadStream {
  /** Empty documents are left out. */
  readonly documents: readonly ReadDocument[];
  /** One for each document that is not in `documents`. */
  readonly problems: readonly ReadProblem[];
}

/** What a Terraform file holds. Attributes outside any block (`.tfvars`) are those of one block whose type is empty. */
export interface HclFile {
  readonly blocks: readonly HclBlock[];
  readonly problems: readonly ReadProblem[];
}
