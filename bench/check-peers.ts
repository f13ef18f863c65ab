import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestFolder } from './check-world.ts';

/** A tool that also judges plain manifests, and how it tells which images follow `latest`. */
export interface Peer {
  readonly name: string;
  readonly module: string;
  argv(folder: string, world: ManifestFolder): readonly string[];
  /** Containers with an image that follows `latest`, read from its JSON. */
  countLatest(out: string): number;
}

export const PEERS: readonly Peer[] = [
  {
    name: 'kube-score',
    module: 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
    argv: (_folder, { files }) => ['score', '--output-format', 'json', ...files],
    countLatest: (out) => {
      const objects = JSON.parse(out) as KubeScoreObject[];
      const checks = objects.flatMap(({ checks: all }) =>
        all.filter(({ check }) => check.id === 'container-image-tag'),
      );
      return checks.flatMap(({ comments }) => comments ?? []).length;
    },
  },
  {
    name: 'kube-linter',
    module: 'golang.stackrox.io/kube-linter/cmd/kube-linter@v0.7.6',
    argv: (folder) => ['lint', '--format', 'json', folder],
    countLatest: (out) =>
      (JSON.parse(out) as { Reports: { Check: string }[] }).Reports.filter(({ Check }) => Check === 'latest-tag')
        .length,
  },
];

interface KubeScoreObject {
  readonly checks: readonly { readonly check: { readonly id: string }; readonly comments?: readonly unknown[] }[];
}

/** A path to the peer: one that is given, one on PATH, or one built into `folder`; a reason where none is to be had. */
export function installPeer(
  { name, module }: Pick<Peer, 'name' | 'module'>,
  folder: string,
): string | { readonly reason: string } {
  const given = process.env[`LAUNCHGATE_BENCH_${name.replace('-', '_').toUpperCase()}`];
  if (given !== undefined) return given;
  const { error, status, stderr } = spawnSync('go', ['install', module], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' },
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (error !== undefined) return { reason: `go is not at hand (${error.message})` };
  const binary = join(folder, name);
  if (status === 0 && existsSync(binary)) return binary;
  return { reason: `go install ${module} failed: ${stderr.trim().split('\n').at(-1) ?? 'it timed out'}` };
}
