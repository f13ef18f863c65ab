import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { migrationFiles, type MigrationFiles } from './files.ts';
import { runners, type Runner } from './runners.ts';

export interface Migrations {
  readonly runners: readonly Runner[];
  readonly files: MigrationFiles;
  readonly fallbacks: readonly { readonly topic: string; readonly exists: boolean }[];
  readonly declared: boolean;
  /** SQL stores of the spec, whose schema is migrated. */
  readonly stores: readonly { readonly name: string; readonly kind: string }[];
}

export interface Params {
  readonly maxMigration: string;
  readonly topic: string;
}

const SQL: ReadonlySet<string> = new Set(['postgres', 'mysql', 'mariadb']);

/** The environment, where the spec has a SQL store or something migrates one. */
export function migratedEnvironment(view: PlatformView): Subject[] {
  const hasStore = !view.provisional && view.spec.stores.some(({ kind }) => SQL.has(kind));
  return hasStore || runners(view).length > 0 ? theEnvironment(view) : [];
}

export function migrations(): Query<Migrations> {
  return (view) => {
    const files = view.files();
    return {
      runners: runners(view),
      files: migrationFiles(files),
      fallbacks: view.spec.runbooks.map(({ for: topic, path }) => ({ topic, exists: files.includes(path) })),
      declared: !view.provisional,
      stores: view.spec.stores.filter(({ kind }) => SQL.has(kind)).map(({ name, kind }) => ({ name, kind })),
    };
  };
}

export function check(_subject: Subject, input: Migrations, params: Params): Result {
  if (input.runners.length === 0) return inconclusive('nothing that applies migrations was seen in the environment');
  const findings = [...input.runners.flatMap(orderFindings), ...returnFindings(input, params)];
  const unknown = input.files.forward === 0 && !hasFallback(input, params);
  if (findings.length === 0 && unknown)
    return inconclusive(
      input.declared
        ? 'no migration in a form that shows whether it can go back was seen'
        : 'without a spec it is not known what the fallback of a failed migration is',
    );
  const names = input.runners.map(({ workload }) => workload).join(', ');
  return failOr(
    findings,
    `${names} migrates once, before the deploy; ${input.files.forward} steps, ${hasFallback(input, params) ? 'with a fallback' : 'each with a way back'}`,
    {
      runners: input.runners.length,
      steps: input.files.forward,
    },
  );
}

function orderFindings({ workload, container, role, when, atOnce, origin }: Runner): Finding[] {
  const found = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message,
    severity,
    origin,
    remediation,
  });
  if (role !== 'job')
    return [
      found(
        `container ${container} of ${workload} migrates at the start of every pod, ${atOnce === 1 ? 'and again at each restart and beside the old one in a rollout' : `up to ${atOnce} at once`}`,
        atOnce > 1 ? 'high' : 'medium',
        'Move the migration to a Job that runs once before the deploy.',
      ),
    ];
  return [
    ...(atOnce > 1 ? [found(`${workload} migrates in ${atOnce} pods`, 'high', 'Let one pod complete it.')] : []),
    ...(when === 'after'
      ? [found(`${workload} migrates after the new code runs`, 'high', 'Make it a hook before the deploy.')]
      : []),
    ...(when === undefined
      ? [
          found(
            `${workload} is applied together with the new code, and nothing makes that wait for it`,
            'medium',
            'Make it a hook: argocd.argoproj.io/hook: PreSync, or helm.sh/hook: pre-install,pre-upgrade.',
          ),
        ]
      : []),
  ];
}

function hasFallback({ fallbacks }: Migrations, { topic }: Params): boolean {
  return fallbacks.some((fallback) => fallback.topic === topic && fallback.exists);
}

function returnFindings(input: Migrations, params: Params): Finding[] {
  const { oneWay, forward } = input.files;
  const [first] = oneWay;
  if (first === undefined || hasFallback(input, params) || !input.declared) return [];
  return [
    {
      message: `${oneWay.length} of ${forward} migrations have no way back and there is no runbook for ${params.topic}: ${oneWay.slice(0, 3).join(', ')}`,
      severity: 'medium',
      origin: { path: first, line: 1, column: 1 },
      remediation: `Write the step back, or a fallback as a runbook with "for: ${params.topic}".`,
    },
  ];
}
