import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A container that applies migrations when its pod starts. */
export interface Runner {
  readonly workload: string;
  readonly container: string;
  /** `job`: a Job; `init`, `main`: part of pods that there may be several of. */
  readonly role: 'job' | 'init' | 'main';
  /** When a Job runs, going by the hooks of Argo CD and Helm; undefined: whenever it is applied. */
  readonly when?: 'before' | 'after';
  /** How many pods may run it at the same time. */
  readonly atOnce: number;
  readonly origin: Origin;
}

/** Commands of the usual tools, and of an application that has a command of that name. */
const MIGRATES =
  /\b(?:alembic\s+upgrade|flyway\b[^|;&]*\bmigrate|liquibase\b[^|;&]*\bupdate|prisma\s+(?:migrate\s+deploy|db\s+push)|(?:typeorm|sequelize|knex)\b[^|;&]*\bmigrat\w*|manage\.py\s+migrate|rails\s+db:(?:migrate|prepare)|rake\s+db:migrate|artisan\s+migrate|atlas\s+migrate\s+apply|goose\b[^|;&]*\bup\b|dbmate\s+(?:up|migrate)|sqlx\s+migrate\s+run|diesel\s+migration\s+run|sqitch\s+deploy|sql-migrate\s+up|tern\s+migrate|dotnet\s+ef\s+database\s+update|ecto\.migrate|flask\s+db\s+upgrade|migrate\s+(?:-\S+\s+)*up\b|migrate\s+-(?:path|source|database))|(?:^|[\s/])(?:db-)?migrate(?:\.(?:sh|js|py))?(?:\s+(?:up|head|deploy|latest|--?\S+).*)?$/;
const IMAGES =
  /(?:^|\/)(?:migrate\/migrate|flyway\/flyway|redgate\/flyway|liquibase\/liquibase|arigaio\/atlas|amacneil\/dbmate|gomicro\/goose)(?:[:@]|$)/;
const BEFORE = /\b(?:PreSync|pre-upgrade|pre-install)\b/;
const AFTER = /\b(?:PostSync|post-upgrade|post-install)\b/;

export function runners(view: PlatformView): Runner[] {
  return view.workloads().flatMap((workload) =>
    containers(workload)
      .filter(({ at }) =>
        migrates(at.get('image').string() ?? '', [...at.get('command').strings(), ...at.get('args').strings()]),
      )
      .flatMap(({ name, at, role }) => {
        if (workload.kind === 'CronJob') return [];
        const isJob = workload.kind === 'Job';
        const when = isJob ? hookOf(workload) : undefined;
        return [
          {
            workload: workloadName(workload),
            container: name,
            role: isJob ? ('job' as const) : role === 'main' ? ('main' as const) : ('init' as const),
            ...(when === undefined ? {} : { when }),
            atOnce: atOnce(workload, view),
            origin: at.origin,
          },
        ];
      }),
  );
}

function migrates(image: string, words: readonly string[]): boolean {
  return (
    MIGRATES.test(words.join(' ')) ||
    (IMAGES.test(image) && !/\b(?:info|validate|version|down)\b/.test(words.join(' ')))
  );
}

function hookOf(workload: Workload): Runner['when'] {
  const annotations = cursor(workload.object).get('metadata', 'annotations');
  const hooks = ['argocd.argoproj.io/hook', 'helm.sh/hook']
    .map((name) => annotations.get(name).string() ?? '')
    .join(' ');
  const wave = Number(annotations.get('argocd.argoproj.io/sync-wave').string() ?? '0');
  if (BEFORE.test(hooks) || wave < 0) return 'before';
  return AFTER.test(hooks) ? 'after' : undefined;
}

/** Pods that may start together: of a Job its parallelism; else its replicas, and what an autoscaler and a surge may add. */
function atOnce(workload: Workload, view: PlatformView): number {
  const spec = cursor(workload.object).get('spec');
  if (workload.kind === 'Job')
    return Math.max(spec.get('parallelism').integer() ?? 1, spec.get('completions').integer() ?? 1);
  const scaled = view
    .objects('HorizontalPodAutoscaler', workload.namespace)
    .map((object) => cursor(object).get('spec'))
    .find(
      (hpa) =>
        hpa.get('scaleTargetRef', 'name').string() === workload.name &&
        hpa.get('scaleTargetRef', 'kind').string() === workload.kind,
    );
  return Math.max(scaled?.get('maxReplicas').integer() ?? 1, spec.get('replicas').integer() ?? 1);
}
