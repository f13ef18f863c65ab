import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { materialize, readWorkTree } from '../adapters/git.ts';
import { makeCandidate } from '../gate/candidate.ts';
import type { Digest } from '../model/digest.ts';
import { parseImage } from '../model/image.ts';
import { containers } from '../model/kube.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { Candidate } from '../model/report.ts';
import type { Project } from './project.ts';

/** The files a gate decides about: those of the commit, or of the work tree where there is none to pin. */
export interface PinnedSource {
  readonly project: Project;
  readonly pinned: boolean;
  readonly commits: Candidate['commits'];
  readonly authors: readonly string[];
  /** What of the work tree differs from the commit, so that a person understands why it is unpinned. */
  readonly changed: readonly string[];
  dispose(): void;
}

/**
 * Takes the commit that is checked out, as committed: its blobs are written to a folder of their own, so that nothing that is
 * not in the commit decides. A work tree that differs from its commit, or is in none, stays unpinned.
 */
export async function pinSource(project: Project): Promise<PinnedSource> {
  const tree = await readWorkTree(project.root);
  if (tree === undefined || tree.changed.length > 0) {
    return { project, pinned: false, commits: [], authors: [], changed: tree?.changed ?? [], dispose: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-candidate-'));
  const left = await materialize(project.root, tree.commit, folder);
  const submodules = left.filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) === undefined);
  return {
    project: { ...project, root: folder, submodules },
    pinned: true,
    commits: [{ repository: tree.repository, commit: tree.commit }],
    authors: tree.authors,
    changed: [],
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Names what the gate decides about: environment, commits, images and the platform's digest. */
export function candidateOf(source: PinnedSource, facts: PlatformFacts, platform: Digest): Candidate {
  return makeCandidate({
    environment: facts.environment.name,
    pinned: source.pinned,
    commits: source.commits,
    images: imagesOf(facts),
    platform,
    authors: source.authors,
  });
}

/** Subject -> digests of the images it runs, for reports that must cover each of them; of one that is not pinned its reference. */
export function artifactsOf(facts: PlatformFacts): Map<string, string[]> {
  return new Map(
    facts.services.map((service) => {
      const images = service.workloads.flatMap((workload) =>
        containers(workload).map(({ at }) => at.get('image').string() ?? ''),
      );
      return [`service/${service.name}`, [...new Set(images.filter(Boolean).map((one) => digestOf(one) ?? one))]];
    }),
  );
}

function imagesOf(facts: PlatformFacts): Candidate['images'] {
  const references = new Set(
    facts.workloads.flatMap((workload) => containers(workload).map(({ at }) => at.get('image').string() ?? '')),
  );
  return [...references].filter(Boolean).map((reference) => {
    const digest = digestOf(reference);
    return digest === undefined ? { reference } : { reference, digest };
  });
}

function digestOf(reference: string): Digest | undefined {
  const digest = parseImage(reference)?.digest;
  return digest?.startsWith('sha256:') === true ? (digest as Digest) : undefined;
}
