import type { ControlMeta } from '../../model/control.ts';

export const secretsControls: readonly ControlMeta[] = [
];
