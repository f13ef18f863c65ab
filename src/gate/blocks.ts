import type { Decision } from '../model/report.ts';

/** A reason that blocks a decision as a whole. */
export type Block = Decision['blocks'][number];
