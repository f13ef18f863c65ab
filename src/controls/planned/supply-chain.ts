import type { ControlMeta } from '../../model/control.ts';

export const supplyChainControls: readonly ControlMeta[] = [
];
