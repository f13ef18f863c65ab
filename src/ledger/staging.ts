import { z } from 'zod';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { parseJson } from '../model/json.ts';
import { strictBase64, toBase64 } from './base64.ts';
import { STAGING_FILE } from './layout.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';
import { decodeBundle, encodeBundle, MAX_BUNDLE_BYTES } from './tiles.ts';

export const MAX_STAGING_BYTES = MAX_BUNDLE_BYTES + 1024;

/**
 * A group of entries on its way into the log, written before any tile or checkpoint of it. Whatever happens afterwards, the
 * next start makes the same tree of it, so no two checkpoints of one size can ever be signed.
 */
export interface Staging {
  readonly from: number;
  readonly root: Hash;
  readonly entries: readonly Uint8Array[];
}

const header = z.strictObject({
  v: z.literal(1),
  from: z.int().min(0),
  root: z.string(),
  count: z.int().min(1),
  bundle: z.string(),
});

/** One line of JSON, then the entries as a bundle. */
export function encodeStaging({ from, root, entries }: Staging): Uint8Array {
  const bundle = encodeBundle(entries);
  const line = JSON.stringify({ v: 1, from, root: toBase64(root), count: entries.length, bundle: sha256(bundle) });
  return Buffer.concat([Buffer.from(`${line}\n`, 'utf8'), bundle]);
}

/** Reads the staging file. It is written atomically, so anything malformed is damage: throws `ledger-corrupt`. */
export function decodeStaging(bytes: Uint8Array): Staging {
  const end = bytes.indexOf(0x0a);
  const bundle = bytes.subarray(end + 1);
  const head = header.safeParse(parseJson(Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString('utf8')));
  const root = head.success ? strictBase64(head.data.root) : undefined;
  const entries = decodeBundle(bundle);
  const sound =
    head.success &&
    root?.length === HASH_BYTES &&
    sha256(bundle) === head.data.bundle &&
    entries?.length === head.data.count;
  if (!sound || root === undefined || entries === undefined)
    throw new LaunchgateError('ledger-corrupt', `${STAGING_FILE}: the group of entries in it is damaged`, {
      next: 'None of its entries was acknowledged: move the file away and append them again.',
    });
  return { from: head.data.from, root, entries };
}
