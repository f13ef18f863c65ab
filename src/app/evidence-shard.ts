import { basename, dirname } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import type { ScanPredicate } from '../model/evidence.ts';
import { MOST_SHARDS } from '../model/shards.ts';

/** Which part of a split run a report is: by the caller's word, else by the name of the file or of its folder, as `shard_2_of_4` is Bazel's. */
export function shardOf({ file, shard }: { readonly file: string; readonly shard?: string }): ScanPredicate['shard'] {
  const named = /(?:^|[^\d])(\d{1,4})[-_.]?of[-_.]?(\d{1,4})(?:[^\d]|$)/i.exec(
    `${basename(dirname(file))}/${basename(file)}`,
  );
  const [, index, of] = (shard === undefined ? named : /^(\d+)\/(\d+)$/.exec(shard)) ?? [];
  const part = { index: Number(index), of: Number(of) };
  if (part.index >= 1 && part.index <= part.of && part.of <= MOST_SHARDS) return part;
  if (shard === undefined) return undefined;
  throw new LaunchgateError('usage', `${shard} is no part of a run`, {
    next: `Write --shard 2/4 for the second of four; at most ${MOST_SHARDS}.`,
  });
}
