/**
 * What a lab was started from, kept in its folder: the spec, and a digest of the rules and the routing that its monitoring took from the
 * repository. Evidence is bound to the repository as it is now, so a drill asks whether the lab still runs that.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../model/digest.ts';
import { readDocuments } from './parts/observability/documents.ts';

/** In the lab's folder: the spec as it was when the lab was started. */
export const SPEC_COPY = 'spec.yaml';
const MONITORING = 'monitoring.sha256';

/** Where a platform is described, and what of its folder is not part of it. */
export interface Sources {
  readonly root: string;
  /** The spec's file. */
  readonly spec: string;
  readonly exclude: readonly string[];
}

/** Keeps them in the lab's folder. */
export function keepSources(directory: string, sources: Sources): void {
  copyFileSync(sources.spec, join(directory, SPEC_COPY));
  writeFileSync(join(directory, MONITORING), monitoringDigest(sources));
}

/** Which of them are not as the lab has them: empty where it runs what is there now. */
export function changedSources(directory: string, sources: Sources): string[] {
  const spec = read(directory, SPEC_COPY) === readFileSync(sources.spec, 'utf8');
  const monitoring = read(directory, MONITORING) === monitoringDigest(sources);
  return [...(spec ? [] : ['the spec']), ...(monitoring ? [] : ['alert rules or their routing'])];
}

function monitoringDigest({ root, exclude }: Sources): string {
  const { rules, alertmanager } = readDocuments(root, exclude);
  return sha256(canonicalJson({ rules: Object.fromEntries(rules), alertmanager }));
}

/** Undefined in a lab that an older version has started: that is another one. */
function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return undefined;
  }
}
