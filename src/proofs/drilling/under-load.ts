/** Load from outside while a drill changes something behind it, and what came of it. */
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { ServiceSpec, Spec } from '../../model/spec.ts';

type Context = StepContext<'load' | 'edge' | 'people'>;

export interface LoadWishes {
  readonly spec: Spec;
  readonly perSecond: number;
  /** What is asked for; empty: the first public route for users, less its wildcard. */
  readonly path: string;
}

/** Two steps: one that starts it, and one that ends it and observes for each subject that nothing failed. */
export interface UnderLoad {
  start(context: Context): Promise<void>;
  stop(context: Context, subjects: readonly string[]): Promise<void>;
}

export function underLoad({ spec, perSecond, path }: LoadWishes): UnderLoad {
  let running: RunningLoad | undefined;
  return {
    async start({ target }) {
      const service = spec.services.find(({ routes }) => routes.some(isForUsers));
      if (service === undefined) throw new CannotTell('no service of the spec has a public route for users');
      const token = await target.people.token(target.people.names.customer);
      const request = {
        host: target.edge.host(service.name),
        path: path === '' ? prefixOf(service) : path,
        headers: { authorization: `Bearer ${token}` },
      };
      running = await target.load.start({ requests: [request], perSecond, protocol: 'h2' });
    },
    async stop(context, subjects) {
      if (running === undefined) throw new CannotTell('the load was never started');
      const report = await running.stop();
      context.keep('load', report);
      if (report.saturated) throw new CannotTell('the load generator could not keep to its times');
      const unanswered = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
      const errors = Object.entries(report.statuses).filter(([status]) => Number(status) >= 500);
      const failed = unanswered + errors.reduce((sum, [, count]) => sum + count, 0);
      const detail = failed === 0 ? {} : { detail: JSON.stringify({ ...report.statuses, ...report.errors }) };
      for (const subject of subjects) {
        context.observe({ name: 'requests answered', value: report.answered, unit: 'requests', atLeast: 1, subject });
        context.observe({ name: 'requests failed', value: failed, unit: 'requests', is: 0, subject, ...detail });
      }
    },
  };
}

function isForUsers({ public: open, auth }: ServiceSpec['routes'][number]): boolean {
  return open && auth === 'jwt';
}

function prefixOf({ routes }: ServiceSpec): string {
  return routes.find(isForUsers)?.path.replace(/\*.*$/, '') ?? '/';
}
