import { seconds } from '../model/duration.ts';
import type { Block } from './blocks.ts';
import type { GateInput } from './input.ts';

/**
 * Blocks where the log was written to later than the time of the decision, by more than clocks may differ: one of the two is wrong, and on a clock
 * that is behind no waiver ends and no evidence grows old. A replay reads no later entries.
 */
export function clockFaults({ trust, at }: Pick<GateInput, 'trust' | 'at'>): Block[] {
  const { latest } = trust;
  const skew = seconds(trust.policy.policy.maxClockSkew) * 1000;
  if (latest === undefined || Date.parse(latest) - at.getTime() <= skew) return [];
  return [
    {
      code: 'clock-behind',
      because: `the clock says ${at.toISOString()}, but the last entry of the ledger is of ${latest}`,
      next: 'Set this clock right. Where it is right, another ran ahead as that entry was logged: wait until then.',
    },
  ];
}
