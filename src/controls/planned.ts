import type { ControlMeta } from '../model/control.ts';
import { workloadsControls } from './planned/workloads.ts';

/**
 * Controls that the catalog knows and nothing proves yet: a gate that requires one names it as missing. A control that
 * gets a folder of its own loses its row here; an id never stands in both places. Sorted by id.
 *
 * `waivable: false` is kept for what cannot be made good after the launch (a secret that was published, data that cannot
 * be restored) and for the sign-offs, where a waiver would stand for the very approval it needs.
 */
export const plannedControls: readonly ControlMeta[] = [...workloadsControls].sort((a, b) => (a.id < b.id ? -1 : 1));
