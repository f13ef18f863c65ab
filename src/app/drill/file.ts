/** A drill in a file of the operator's: one of ours, or an experiment of Chaos Toolkit. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fromChaosToolkit, isExperiment } from '../../drills/file/chaostoolkit/experiment.ts';
import { fileDrill, fileSubject } from '../../drills/file/drill.ts';
import { fileDrillSchema, type FileDrill } from '../../drills/file/schema.ts';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { sha256, type Digest } from '../../model/digest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { BoundDrill } from './subjects.ts';

const MOST_BYTES = 1024 * 1024;

/** What stands in a file, read once: what is signed for is what is run. */
export interface DrillInFile {
  readonly bound: BoundDrill;
  readonly digest: Digest;
}

/**
 * Reads and judges it. Throws `usage` with every mistake and its place, and for parts of an experiment that cannot be run here. `folder`: what
 * its programs run in and its relative paths are of.
 */
export function drillInFile(path: string, folder: string): DrillInFile {
  const text = readText(path);
  const file = readDrill(text, path);
  return {
    bound: { id: file.name, title: file.title, drill: fileDrill(file, folder), bindings: [], alone: fileSubject(file) },
    digest: sha256(text),
  };
}

function readText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new LaunchgateError('usage', `${path} is not a file`);
  if (stat.size > MOST_BYTES) throw new LaunchgateError('usage', `${path} has more than ${MOST_BYTES} bytes`);
  return readFileSync(path, 'utf8');
}

function readDrill(text: string, path: string): FileDrill {
  return isExperiment(text, path)
    ? fromChaosToolkit(text, path, basename(path))
    : parseWithSchema(fileDrillSchema, text, path, 'usage');
}
