import { parseDuration } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { ExpressionUse } from '../../proofs/alerting/metrics/index.ts';
import type { Params } from './check.ts';
import type { Keeper } from './keepers.ts';
import type { EnvironmentFacts } from './query.ts';
import { outOfReachFinding } from './recency.ts';
import { notStartingFinding, refusedFinding } from './refused.ts';
import { tooPatient } from './waits.ts';

/** The metrics that rules need, what keeps them, and what asks from outside. */
export function checkEnvironment(facts: EnvironmentFacts, params: Params): Result {
  const findings = [
    ...facts.uses.flatMap(broken),
    ...missing(facts.uses, params),
    ...tooPatient(facts.waits, params),
    ...(facts.outOfReach ?? []).map(outOfReachFinding),
    ...facts.unloaded.map(unloaded),
    ...(facts.notStarting ?? []).map(notStartingFinding),
    ...(facts.refused ?? []).map(refusedFinding),
    ...facts.keepers.flatMap((keeper) => badlyKept(keeper, params)),
    ...(params.synthetic ? facts.routes.filter(({ by }) => by === undefined).map(unasked) : []),
  ];
  const because = openQuestions(facts, params);
  if (findings.length === 0 && because.length > 0) return inconclusive(because.join('; '));
  const kept = facts.keepers.map(
    ({ name, replicas, retention }) =>
      `${name} with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} keeps ${retention}`,
  );
  return failOr(
    findings,
    `${facts.expressions} expressions need nothing that ${facts.targets} targets lack; ${kept.join(', ')}`,
    {
      expressions: facts.expressions,
      targets: facts.targets,
      routesProbed: facts.routes.length,
    },
  );
}

/** What keeps a pass from being given where nothing is wrong. */
function openQuestions({ uses, keepers, hidden, targets, expressions }: EnvironmentFacts, params: Params): string[] {
  if (targets === 0 && expressions === 0)
    return [hidden[0] ?? 'nothing in the repository scrapes, and no rule is there'];
  const unknown = uses.flatMap((use) =>
    use.open.flatMap((need) => (need.state === 'unknown' && !isElsewhere(need.metric, params) ? [need] : [])),
  );
  const names = [...new Set(unknown.map(({ metric }) => metric))];
  const metrics =
    names.length === 0
      ? []
      : [
          `whether ${some(names)} ${names.length === 1 ? 'is' : 'are'} exposed cannot be told: ${unknown[0]?.because ?? ''}`,
        ];
  const kept = keepers.some(({ kind }) => kind === 'Prometheus')
    ? []
    : ['what keeps the metrics is not in the repository'];
  return [...metrics, ...kept];
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

const WORDS = { alert: 'alert', record: 'record', analysis: 'analysis', trigger: 'trigger', panel: 'panel' } as const;

function title({ use, name, holder }: ExpressionUse): string {
  return `${WORDS[use]} ${name} of ${holder}`;
}

const REMEDIES: Partial<Record<ExpressionUse['misused'][number]['sort'], string>> = {
  bool: 'Leave bool out.',
  indifferent: 'Compare it with a bound that healthy values stay away from.',
  cumulative: 'Look at what a window adds: rate or increase.',
  quantile: 'Write the quantile as a share: 0.99 for 99 percent.',
};

function broken(use: ExpressionUse): Finding[] {
  const { error, never, misused, origin } = use;
  const parse: Finding[] =
    error === undefined
      ? []
      : [
          {
            message: `${title(use)} is not PromQL: ${error}`,
            severity: 'high',
            origin,
            remediation: 'Correct the expression; promtool check rules shows the same mistake.',
          },
        ];
  const silent: Finding[] =
    never === undefined
      ? []
      : [
          {
            message: `${title(use)} can never ${use.use === 'record' ? 'have a value' : 'fire'}: ${never}`,
            severity: 'high',
            origin,
            remediation: 'Correct the expression so that the condition can hold.',
          },
        ];
  const wrong = misused.map(({ sort, message }): Finding => ({
    message: `${title(use)}: ${message}`,
    severity: 'medium',
    origin,
    remediation: REMEDIES[sort] ?? 'Use a function that fits the sort of the metric.',
  }));
  return [...parse, ...silent, ...wrong];
}

type Missing = Extract<ExpressionUse['open'][number], { state: 'missing' }>;

/** One finding for each metric, however many expressions need it. */
function missing(uses: readonly ExpressionUse[], params: Params): Finding[] {
  const needs = new Map<string, { readonly need: Missing; readonly uses: ExpressionUse[] }>();
  for (const use of uses) {
    for (const need of use.open) {
      if (need.state !== 'missing' || isElsewhere(need.metric, params)) continue;
      const known = needs.get(need.metric);
      if (known === undefined) needs.set(need.metric, { need, uses: [use] });
      else known.uses.push(use);
    }
  }
  return [...needs.values()].map(({ need, uses: [first, ...more] }) => ({
    message: `${first === undefined ? '' : title(first)}${more.length === 0 ? ' needs' : ` and ${more.length} more need`} ${need.metric}, which is not exposed: ${need.because}${need.closest === undefined ? '' : `; did you mean ${need.closest}?`}`,
    severity: 'high',
    ...(first === undefined ? {} : { origin: first.origin }),
    fromAbsence: true,
    remediation:
      need.closest === undefined
        ? 'Scrape what exposes it, or correct the name.'
        : `Write ${need.closest}, if that is what is meant.`,
  }));
}

export function isElsewhere(metric: string, { elsewhere }: Pick<Params, 'elsewhere'>): boolean {
  return elsewhere.some((each) => (each.endsWith('*') ? metric.startsWith(each.slice(0, -1)) : metric === each));
}

function unloaded({ name, rules, because, remediation, origin }: EnvironmentFacts['unloaded'][number]): Finding {
  return {
    message: `none of the ${rules} rules of ${name} is loaded: ${because}`,
    severity: 'high',
    origin,
    remediation,
  };
}

function badlyKept(keeper: Keeper, { retention, replicas }: Params): Finding[] {
  const { name, kind, origin } = keeper;
  const found: Finding[] = [];
  if (keeper.replicas < replicas)
    found.push({
      message: `${name} has ${keeper.replicas} ${keeper.replicas === 1 ? 'replica' : 'replicas'}, wanted are ${replicas}: nobody watches while its node is drained`,
      severity: 'high',
      origin,
      remediation: `Set replicas to ${replicas}.`,
    });
  if (!keeper.persistent && (kind === 'Prometheus' || keeper.replicas < 2))
    found.push({
      message: `${name} keeps its data in the pod: a restart forgets ${kind === 'Prometheus' ? 'all metrics' : 'silences and what was sent'}`,
      severity: kind === 'Prometheus' && !keeper.writesOn ? 'high' : 'low',
      origin,
      remediation: 'Give it a volume claim.',
    });
  const kept = parseDuration(keeper.retention);
  const wanted = parseDuration(retention) ?? 0;
  if (kind === 'Prometheus' && !keeper.writesOn && kept !== undefined && kept < wanted)
    found.push({
      message: `${name} keeps ${keeper.retention}${keeper.retentionIsDefault ? ', the default' : ''}, wanted are ${retention}`,
      severity: 'medium',
      origin,
      remediation: `Set retention to ${retention}, or write to a store of longer memory.`,
    });
  return found;
}

function unasked({ host, service }: EnvironmentFacts['routes'][number]): Finding {
  return {
    message: `nothing asks ${host} from outside, so an outage of the edge of ${service} is seen by users first`,
    severity: 'medium',
    fromAbsence: true,
    remediation: `Add https://${host}/ to a Probe of the blackbox exporter, or name what asks it by the param synthetic.`,
  };
}
