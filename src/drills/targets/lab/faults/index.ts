/** What else can be done to the lab. */
import type { Faults } from '../../../../model/drill/faults.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Use } from '../../../target.ts';
import { skewClock } from './clock.ts';
import { fillDisk } from './disk.ts';
import { labWires } from './wires.ts';

export function labFaults(open: OpenLab, use: Use): Faults {
  const wires = labWires(open, use);
  return {
    wires,
    async wire(from, to) {
      const { wires: led, remove } = await wires([{ from, to }]);
      return { ...led[0]!, remove };
    },
    fillDisk: (part, size) => fillDisk(open, use, part, size),
    skewClock: (part, seconds) => skewClock(open, use, part, seconds),
  };
}
