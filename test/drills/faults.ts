/** One fault of every kind that a lab can be done, by name: what a killed engine must not leave behind. */
import { needsFakeTime, needsRoot } from '../need.ts';
import type { StepContext } from '../../src/model/drill/drill.ts';

type Fault = (context: StepContext) => Promise<unknown>;

interface Caused {
  /** Of the undo that it notes. */
  readonly kind: string;
  readonly cause: Fault;
  /** Whether this machine can do it. */
  readonly able?: () => boolean;
}

export const FAULTS: Readonly<Record<string, Caused>> = {
  'a store is frozen': { kind: 'thaw', cause: ({ target }) => target.parts.freeze('postgres') },
  'a replica is killed': { kind: 'start-part', cause: ({ target }) => target.parts.kill('api-1') },
  'a replica runs without a part of the kit': {
    kind: 'restart-parts',
    cause: ({ target }) => target.parts.restart('notification-relay-1', { off: ['readiness'] }),
  },
  'the WAF only watches': {
    kind: 'edge-setting',
    cause: ({ target }) => target.edgeControl.setWaf({ mode: 'monitor' }),
  },
  'a replica is taken out of the edge': {
    kind: 'edge-setting',
    cause: ({ target }) => target.edgeControl.takeOut('api-2'),
  },
  'a proxy stands before a store': {
    kind: 'restart-parts',
    cause: async ({ target }) => {
      const wire = await target.faults.wire(['notification-relay-1'], 'redis');
      await wire.set({ state: 'blackhole' });
    },
  },
  'a disk is full': {
    kind: 'whole-disk',
    cause: ({ target }) => target.faults.fillDisk('nats', { freeBytes: 0, roomBytes: 32 * 1024 * 1024 }),
    able: needsRoot,
  },
  'a clock is wrong': {
    kind: 'restart-parts',
    cause: ({ target }) => target.faults.skewClock('notification-relay-1', 120),
    able: needsFakeTime,
  },
  'monitoring goes faster': {
    kind: 'monitoring-pace',
    cause: ({ target }) => target.metrics.hurry({ faster: 20, intervalSeconds: 1 }),
  },
  'the pager goes faster': {
    kind: 'pager-pace',
    cause: ({ target }) => target.pager.hurry({ escalation: 100, deadMan: 100 }),
  },
  'terminals are open': { kind: 'close-terminals', cause: ({ target }) => target.terminals.open(3) },
};
