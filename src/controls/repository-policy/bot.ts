import type { Origin } from '../../model/origin.ts';
import type { Manifest } from './manifests.ts';

/** One configuration of a bot: what it keeps up to date. */
export interface Bot {
  readonly name: 'Dependabot' | 'Renovate';
  readonly covers: (manifest: Manifest) => boolean;
  /** Presets from elsewhere, which may turn anything on or off. */
  readonly presets: readonly string[];
  readonly origin: Origin;
}
