import type { Subject } from '../../model/control.ts';
import { fail, failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDocuments } from '../../proofs/documents/index.ts';
import { judgeEstimate } from './estimate.ts';
import type { Spending } from './input.ts';

interface Params {
  readonly thresholds: number;
  readonly dimensions: readonly string[];
  readonly minWords: number;
  readonly trustedHosts: readonly string[];
  readonly pricesSince?: string | undefined;
}

type Declared = NonNullable<Spending['declared']>;

export function check(_subject: Subject, input: Spending, params: Params): Result {
  const { declared } = input;
  if (declared === undefined)
    return fail(
      finding(
        'nothing says what the platform may cost',
        'Describe it under budget: monthly, owner, thresholds, escalation, dashboard.',
      ),
    );
  const estimate = judgeEstimate(input, params.pricesSince);
  const documents = [
    judgeDocuments(input.escalation, { what: 'the escalation of the budget', ...params }),
    judgeDocuments(input.dashboard, { what: 'the cost dashboard', minWords: 0, trustedHosts: params.trustedHosts }),
  ];
  const findings = [
    ...missingParts(declared),
    ...judgeThresholds(declared, params),
    ...judgeBreakdown(input, params),
    ...documents.flatMap((verdict) => verdict.findings),
    ...estimate.findings,
    ...(input.cloud && input.alerts.length === 0 ? [nothingWatches(declared)] : []),
  ];
  const [open = unseen(input, params) ?? estimate.open] = documents.flatMap((verdict) => verdict.open);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(
    findings,
    `${declared.monthly} ${declared.currency} a month, thresholds ${declared.thresholds.join(', ')} %, watched by ${input.alerts.join(', ')}; ${estimate.text}`,
    {
      monthly: declared.monthly,
      currency: declared.currency,
      thresholds: declared.thresholds.length,
      ...estimate.facts,
    },
  );
}

function missingParts({ owner, escalation, dashboard }: Declared): Finding[] {
  const parts = [
    ['owner', owner, 'Name under budget.owner who decides when it is exceeded.'],
    ['escalation', escalation, 'Say under budget.escalation what happens at each threshold, and who is told.'],
    ['dashboard', dashboard, 'Name under budget.dashboard the dashboard that shows the cost.'],
  ] as const;
  return parts.flatMap(([part, value, remedy]) =>
    value === undefined ? [finding(`the budget has no ${part}`, remedy)] : [],
  );
}

/** At least one threshold must warn while something can still be done. */
function judgeThresholds({ thresholds }: Declared, params: Params): Finding[] {
  const few =
    thresholds.length < params.thresholds
      ? [
          finding(
            `the budget has ${thresholds.length} ${thresholds.length === 1 ? 'threshold' : 'thresholds'}, fewer than ${params.thresholds}`,
            'Add thresholds in percent of the budget, such as 50, 80 and 100.',
          ),
        ]
      : [];
  if (thresholds.length === 0 || thresholds.some((threshold) => threshold < 100)) return few;
  return [
    ...few,
    finding(
      `the lowest threshold is ${Math.min(...thresholds)} %: the first warning comes when the money is spent`,
      'Add a threshold below 100 percent.',
    ),
  ];
}

function judgeBreakdown({ panels }: Spending, { dimensions }: Params): Finding[] {
  if (panels === undefined || panels.expressions.length === 0) return [];
  return dimensions
    .filter((dimension) => !panels.expressions.some((expression) => groupsBy(expression, dimension)))
    .map((dimension) => ({
      ...finding(
        `no panel of ${panels.path} breaks the cost down by ${dimension}`,
        `Add a panel that sums the cost by ${dimension}.`,
      ),
      origin: panels.origin,
    }));
}

/** `sum by (service, region) (…)` of PromQL, `GROUP BY service` of SQL. */
function groupsBy(expression: string, dimension: string): boolean {
  return new RegExp(`\\bby\\s*\\(?[^()]*\\b${dimension}\\b`, 'i').test(expression);
}

function nothingWatches({ thresholds }: Declared): Finding {
  return {
    ...finding(
      `nothing in Terraform alerts at ${thresholds.length === 0 ? 'any threshold' : `${thresholds.join(', ')} %`} of the budget`,
      'Add a budget of the cloud provider with notifications, and an anomaly alert.',
    ),
    fromAbsence: true,
  };
}

function unseen({ dashboard, panels, alerts, escalation }: Spending, { trustedHosts }: Params): string | undefined {
  if (alerts.length === 0) return 'nothing here makes anything in a cloud: where the thresholds alert cannot be seen';
  if (escalation.length === 0) return 'the escalation names no document that could be looked at';
  const elsewhere = dashboard.some(
    (one) =>
      one.state === 'elsewhere' && URL.canParse(one.address) && trustedHosts.includes(new URL(one.address).hostname),
  );
  if (elsewhere || (panels !== undefined && panels.expressions.length > 0)) return undefined;
  return 'by what the dashboard breaks the cost down cannot be seen';
}

function finding(message: string, remediation: string): Finding {
  return { message, severity: 'low', remediation };
}
