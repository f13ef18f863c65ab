import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { authorsSince } from '../adapters/git/authors.ts';
import { materialize } from '../adapters/git/materialize.ts';
import { noCommitBecause, readWorkTree } from '../adapters/git/work-tree.ts';
import { makeScratch, type Scratch } from '../adapters/scratch.ts';
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
  /** Why there is no commit to pin, and what mends it. */
  readonly unpinned?: { readonly because: string; readonly next: string };
  /** Addresses of all who wrote what came since these commits; `undefined` where nobody can tell. */
  authorsSince(reviewed: readonly string[]): Promise<readonly string[] | undefined>;
  dispose(): void;
}

/**
 * Takes the commit that is checked out, as committed: its blobs are written to a folder of their own, so that nothing that is
 * not in the commit decides. A work tree that differs from its commit, or is in none, stays unpinned.
 */
export async function pinSource(project: Project): Promise<PinnedSource> {
  const tree = await readWorkTree(project.root);
  if (tree === undefined || tree.changed.length > 0) {
    return {
      project,
      pinned: false,
      commits: [],
      authors: [],
      unpinned: tree === undefined ? await noCommitBecause(project.root) : differing(tree.changed),
      authorsSince: async () => undefined,
      dispose: () => undefined,
    };
  }
  const scratch = makeScratch('candidate');
  const folder = scratch.path;
  const submodules = await written(project.root, tree.commit, scratch);
  return {
    project: { ...project, root: folder, submodules },
    pinned: true,
    commits: [{ repository: tree.repository, commit: tree.commit }],
    authors: tree.authors,
    authorsSince: (reviewed) => authorsSince(project.root, tree.commit, reviewed),
    dispose: scratch.dispose,
  };
}

/** Writes the commit's files, and answers the paths of those that could not be written. */
async function written(root: string, commit: string, { path: folder, dispose }: Scratch): Promise<string[]> {
  try {
    const left = await materialize(root, commit, folder);
    return left.filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) === undefined);
  } catch (error) {
    dispose();
    throw error;
  }
}

function differing(changed: readonly string[]): NonNullable<PinnedSource['unpinned']> {
  const [first = '', ...more] = changed;
  const others = more.length === 0 ? '' : ` (and ${more.length >= 9 ? 'more' : `${more.length} more`})`;
  return {
    because: `${first}${others} is not as it is in the commit`,
    next: 'Commit the work tree and decide about that commit.',
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
