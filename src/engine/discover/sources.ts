import { LaunchgateError } from '../../model/errors.ts';
import { isMapping } from '../../model/cursor.ts';
import type { SourceClass } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { Gap } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';
import { dialectOf } from '../read/classify.ts';
import { looksTemplated } from '../read/templated.ts';
import type { ReadDocument, ReadStream } from '../read/stream.ts';
import { parseYamlDocuments } from '../read/yaml.ts';

/** A YAML document that says what it is. */
export interface Manifest {
  readonly path: string;
  readonly index: number;
  readonly line: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Set for one that a tool rendered. */
  readonly renderedAt?: Origin;
}

const NOTHING: ReadStream = { documents: [], problems: [] };

/** The files of a repository, each read and parsed at most once. What cannot be read becomes a gap the first time it is asked for. */
export class Sources {
  readonly tree: FileTree;
  readonly #texts = new Map<string, string | Gap>();
  readonly #streams = new Map<string, ReadStream>();

  constructor(tree: FileTree) {
    this.tree = tree;
  }

  /** The text of a file, or why there is none. */
  text(path: string, hides: readonly SourceClass[]): string | Gap {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const read = this.#read(path, hides);
    this.#texts.set(path, read);
    return read;
  }

  /** The documents of a YAML or JSON file as its reader takes it; empty when the file cannot be read. */
  yaml(path: string): ReadStream {
    const known = this.#streams.get(path);
    if (known !== undefined) return known;
    const text = this.text(path, ['kubernetes']);
    const stream = typeof text === 'string' ? parseYamlDocuments(text, { dialect: dialectOf(path), path }) : NOTHING;
    this.#streams.set(path, stream);
    return stream;
  }

  /** The documents of a file that carry apiVersion and kind. */
  manifests(path: string): Manifest[] {
    return this.yaml(path).documents.flatMap((document) => asManifest(path, document) ?? []);
  }

  /** The first document, when it is a mapping; for files that hold one: `Chart.yaml`, `kustomization.yaml`, values. */
  mapping(path: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.yaml(path).documents[0]?.value;
    return isMapping(value) ? value : undefined;
  }

  /** Whether a YAML or JSON file may hold Kubernetes objects, told from its text without parsing. */
  mayHoldManifests(path: string): boolean {
    const text = this.text(path, ['kubernetes']);
    return typeof text === 'string' ? text.includes('apiVersion') && text.includes('kind') : true;
  }

  /** Whether the file is the source of a text template rather than YAML. */
  isTemplate(path: string): boolean {
    const text = this.text(path, ['kubernetes']);
    return typeof text === 'string' && looksTemplated(text);
  }

  #read(path: string, hides: readonly SourceClass[]): string | Gap {
    try {
      return this.tree.text(path);
    } catch (error) {
      if (!(error instanceof LaunchgateError)) throw error;
      return { path, reason: error.message, fix: error.next ?? 'Make the file readable.', hides };
    }
  }
}

function asManifest(path: string, document: ReadDocument): Manifest | undefined {
  const { value, index, line } = document;
  if (!isMapping(value)) return undefined;
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return { path, index, line, apiVersion, kind, body: value };
}
