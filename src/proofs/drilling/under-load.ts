/** Load from outside while a drill changes something behind it, and what came of it. */
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { ServiceSpec, Spec } from '../../model/spec.ts';
import { askedRoutes, askedServices, customerRequests, demandServed, seenOf, usualStatuses } from '../release/drill.ts';

type Context = StepContext<'load' | 'edge' | 'people'>;

export interface LoadWishes {
  readonly spec: Spec;
  readonly perSecond: number;
  /** What is asked for; empty: the public routes for users, each at its sample. */
  readonly path: string;
}

/** Two steps: one that starts it, and one that ends it and observes for each subject that nothing failed. */
export interface UnderLoad {
  start(context: Context): Promise<void>;
  stop(context: Context, subjects: readonly string[]): Promise<void>;
}

export function underLoad({ spec, perSecond, path }: LoadWishes): UnderLoad {
  let running: RunningLoad | undefined;
  let usual: ReadonlySet<number> = new Set();
  return {
    async start({ target: { edge, people, load } }) {
      const service = askedServices(spec).find((one) => askedRoutes(one).some(isForUsers));
      if (service === undefined) throw new CannotTell('no service of the spec has a public route for users');
      const routes = askedRoutes(service).filter(isForUsers);
      const requests = await customerRequests(edge, people, [{ ...service, routes }]);
      const asked = path === '' ? requests : requests.slice(0, 1).map((request) => ({ ...request, path }));
      usual = await usualStatuses(edge, asked);
      running = await load.start({ requests: asked, perSecond, protocol: 'h2' });
    },
    async stop(context, subjects) {
      if (running === undefined) throw new CannotTell('the load was never started');
      const report = await running.stop();
      context.keep('load', report);
      // What is refused never reached what the drill changes behind it.
      demandServed(report);
      const { failed, kinds } = seenOf(report, usual);
      const detail = failed === 0 ? {} : { detail: kinds };
      for (const subject of subjects) {
        context.observe({ name: 'requests answered', value: report.answered, unit: 'requests', atLeast: 1, subject });
        context.observe({ name: 'requests failed', value: failed, unit: 'requests', is: 0, subject, ...detail });
      }
    },
  };
}

function isForUsers({ auth }: Pick<ServiceSpec['routes'][number], 'auth'>): boolean {
  return auth === 'jwt';
}
