import type { ControlMeta } from '../../model/control.ts';

export const edgeControls: readonly ControlMeta[] = [];
