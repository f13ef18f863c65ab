/** A drill in a file of the operator's: one of ours, or an experiment of Chaos Toolkit. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fromChaosToolkit, isExperiment } from '../../drills/file/chaostoolkit/experiment.ts';
import { fileDrill, fileSubject } from '../../drills/file/drill.ts';
import { fileDrillSchema, type FileDrill } from '../../drills/file/schema.ts';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { BoundDrill } from './subjects.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * Reads and judges it. Throws `usage` with every mistake and its place, and for parts of an experiment that cannot be run here. `folder`: what
 * its programs run in and its relative paths are of.
 */
export function drillInFile(path: string, folder: string): BoundDrill {
  const file = readDrill(path);
  return { id: file.name, title: file.title, drill: fileDrill(file, folder), bindings: [], alone: fileSubject(file) };
}

function readDrill(path: string): FileDrill {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new LaunchgateError('usage', `${path} is not a file`);
  if (stat.size > MOST_BYTES) throw new LaunchgateError('usage', `${path} has more than ${MOST_BYTES} bytes`);
  const text = readFileSync(path, 'utf8');
  return isExperiment(text, path)
    ? fromChaosToolkit(text, path, basename(path))
    : parseWithSchema(fileDrillSchema, text, path, 'usage');
}
