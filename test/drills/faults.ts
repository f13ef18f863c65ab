/** One fault of every kind that a lab can be done, by name: what a killed engine must not leave behind. */
import type { StepContext } from '../../src/model/drill/drill.ts';

type Fault = (context: StepContext) => Promise<unknown>;

/** Each with the kind of undo that it notes. */
export const FAULTS: Readonly<Record<string, { readonly kind: string; readonly cause: Fault }>> = {
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
