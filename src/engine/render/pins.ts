import { z } from 'zod';
import { canonicalJson, sha256, type Digest } from '../../model/digest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Deployable } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';

/** Where pins are listed. */
export const PINS_PATH = '.rendered/pins.json';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

const pin = z.strictObject({
  /** The rendered output, relative to the repository's root. */
  file: z.string().startsWith('.rendered/'),
  digest,
  /** Of what an application adds: namespace, inline values, fields of a kustomization. */
  options: digest,
  /** Every source of the deployable, with its digest. */
  sources: z.record(z.string(), digest),
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
  return {
    id: deployable.id,
    pin: { file: `.rendered/${name}.yaml`, digest: sha256(yaml), options: optionsOf(deployable), sources },
  };
}

/** The pins of a repository; `undefined` when the list is there and cannot be read as one. */
export type Pins = Readonly<Record<string, Pin>> | undefined;

export function readPins(tree: FileTree): Pins {
  if (!tree.has(PINS_PATH)) return {};
  try {
    return pinsSchema.parse(JSON.parse(tree.text(PINS_PATH)));
  } catch {
    return undefined;
  }
}

/** Whether the pin of a deployable still stands for its sources: none added, removed or changed. */
export function pinState(tree: FileTree, deployable: Deployable, pins: Pins): PinState {
  if (pins === undefined) return { state: 'stale', reason: `${PINS_PATH} cannot be read as a list of pins` };
  const entry = Object.hasOwn(pins, deployable.id) ? pins[deployable.id] : undefined;
  if (entry === undefined) return { state: 'none' };
  try {
    const drift = driftOf(tree, deployable, entry);
    if (drift !== undefined) return { state: 'stale', reason: `the pinned render is stale: ${drift}` };
    return { state: 'fresh', yaml: tree.text(entry.file), file: entry.file };
  } catch (error) {
    if (!(error instanceof LaunchgateError)) throw error;
    return { state: 'stale', reason: `the pinned render cannot be compared: ${error.message}` };
  }
}

function driftOf(tree: FileTree, deployable: Deployable, pinned: Pin): string | undefined {
  if (optionsOf(deployable) !== pinned.options) return `what ${deployable.declaredBy} adds changed`;
  for (const path of deployable.sources) {
    const expected = pinned.sources[path];
    if (expected === undefined) return `${path} was added`;
    if (sha256(tree.read(path)) !== expected) return `${path} changed`;
  }
  const gone = Object.keys(pinned.sources).find((path) => !deployable.sources.includes(path));
  if (gone !== undefined) return `${gone} is gone`;
  if (!tree.has(pinned.file)) return `${pinned.file} is missing`;
  return sha256(tree.read(pinned.file)) === pinned.digest ? undefined : `${pinned.file} was edited`;
}

/** Values JSON cannot hold (`.inf`) pin nothing: the digest of a text that no pin has. */
function optionsOf({ namespace, helm, kustomize }: Deployable): Digest {
  try {
    return sha256(canonicalJson({ namespace, helm, kustomize }));
  } catch {
    return sha256('options that cannot be pinned');
  }
}
