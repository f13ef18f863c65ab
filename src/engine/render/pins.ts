import { z } from 'zod';
import { sha256 } from '../../model/digest.ts';
import type { Deployable } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';

/** Where pins are listed. */
export const PINS_PATH = '.rendered/pins.json';

const pin = z.strictObject({
  /** The rendered output, relative to the repository's root. */
  file: z.string().startsWith('.rendered/'),
  digest: z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]),
  /** Every source of the deployable, with its digest. */
  sources: z.record(z.string(), z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)])),
});
const pinsSchema = z.record(z.string(), pin);

/** Rendered output that a repository carries along, bound to the sources it was rendered from. */
export type Pin = z.infer<typeof pin>;

/** A pinned rendering that may be used, or why it may not. */
export type PinState =
  | { readonly state: 'none' }
  | { readonly state: 'fresh'; readonly yaml: string; readonly file: string }
  | { readonly state: 'stale'; readonly reason: string };

/** The entry of `pins.json` for a deployable whose rendered output will be written to the answered file. */
export function pinRender(tree: FileTree, deployable: Deployable, yaml: string): { id: string; pin: Pin } {
  const name = deployable.id.slice(deployable.id.indexOf(':') + 1).replaceAll(/[^A-Za-z0-9._/-]/g, '_');
  const sources = Object.fromEntries(deployable.sources.map((path) => [path, sha256(tree.read(path))]));
  return { id: deployable.id, pin: { file: `.rendered/${name}.yaml`, digest: sha256(yaml), sources } };
}

/** Reads the pins of a repository; a list that is not one pins nothing. */
export function readPins(tree: FileTree): Readonly<Record<string, Pin>> {
  if (!tree.has(PINS_PATH)) return {};
  try {
    return pinsSchema.parse(JSON.parse(tree.text(PINS_PATH)));
  } catch {
    return {};
  }
}

/** Whether the pin of a deployable still stands for its sources: none added, removed or changed. */
export function pinState(tree: FileTree, deployable: Deployable, pins: Readonly<Record<string, Pin>>): PinState {
  const entry = Object.hasOwn(pins, deployable.id) ? pins[deployable.id] : undefined;
  if (entry === undefined) return { state: 'none' };
  const stale = (reason: string): PinState => ({ state: 'stale', reason: `the pinned render is stale: ${reason}` });
  for (const path of deployable.sources) {
    const digest = entry.sources[path];
    if (digest === undefined) return stale(`${path} was added`);
    if (sha256(tree.read(path)) !== digest) return stale(`${path} changed`);
  }
  const gone = Object.keys(entry.sources).find((path) => !deployable.sources.includes(path));
  if (gone !== undefined) return stale(`${gone} is gone`);
  if (!tree.has(entry.file)) return stale(`${entry.file} is missing`);
  const yaml = tree.text(entry.file);
  return sha256(yaml) === entry.digest ? { state: 'fresh', yaml, file: entry.file } : stale(`${entry.file} was edited`);
}
