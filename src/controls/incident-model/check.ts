import type { Query, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import type { At } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { yieldedBy } from '../../proofs/alerting/routing/index.ts';
import type { AlertRule } from '../../proofs/alerting/rules.ts';
import { alertsInCluster, alertsOfPyrra } from '../../proofs/alerting/slo/read/in-cluster.ts';

type Alert = Pick<AlertRule, 'name' | 'labels' | 'origin'>;

interface Model {
  readonly severities: Spec['severities'];
  readonly alerts: readonly Alert[];
  /** The first object of which alerts are made in the cluster, with labels that are not followed here. */
  readonly madeElsewhere?: At<string>;
}

interface Params {
  readonly label: string;
  readonly meaning: Readonly<Record<string, string>>;
  readonly silent: readonly string[];
}

export function model(): Query<Model> {
  return (view) => {
    const alerts = [...alertsInCluster(view).map(withYielded), ...grafanaAlerts(view)];
    const [pyrra] = alertsOfPyrra(view);
    return {
      severities: view.spec.severities,
      alerts: alerts.map(({ name, labels, origin }) => ({ name, labels, origin })),
      ...(pyrra !== undefined && {
        madeElsewhere: { value: `${pyrra.holder}: ${pyrra.because}`, origin: pyrra.origin },
      }),
    };
  };
}

/** Labels that its expression gives an alert; those of the rule stand over them. A value that is only then known is one of a template. */
function withYielded({ name, expr, labels, origin }: AlertRule): Alert {
  const yielded = Object.entries(yieldedBy(expr).labels.known).flatMap(([key, value]): [string, string][] => {
    if (value.kind === 'any') return [[key, `{{ $labels.${key} }}`]];
    return value.value === '' ? [] : [[key, value.value]];
  });
  return { name, labels: { ...Object.fromEntries(yielded), ...labels }, origin };
}

export function check(_subject: Subject, { severities, alerts, madeElsewhere }: Model, params: Params): Result {
  const findings = [
    ...judgeSeverities(severities),
    ...distinct(alerts, params).flatMap((alert) => judgeAlert(alert, severities, params)),
    ...(alerts.length === 0 || madeElsewhere !== undefined ? [] : unannounced(severities, alerts, params)),
  ];
  if (madeElsewhere !== undefined && findings.length === 0)
    return inconclusive(madeElsewhere.value, madeElsewhere.origin);
  if (alerts.length === 0 && findings.length === 0)
    return inconclusive('there are severities and no alert rules, so nothing links one to the other');
  const open = alerts.find(({ labels }) => isTemplate(labels[params.label]));
  if (open !== undefined && findings.length === 0)
    return inconclusive(
      `the ${params.label} of alert ${open.name} is a template, ${open.labels[params.label] ?? ''}`,
      open.origin,
    );
  const pages = severities
    .filter(({ page }) => page)
    .map(({ name, respondWithin }) => `${name} within ${respondWithin}`);
  return failOr(findings, `${alerts.length} alerts map to ${severities.length} severities; ${pages.join(', ')}`, {
    alerts: alerts.length,
    severities: severities.length,
  });
}

function judgeSeverities(severities: Spec['severities']): Finding[] {
  const problem = (message: string, remediation: string): Finding => ({ message, severity: 'high', remediation });
  if (severities.length === 0)
    return [problem('the spec defines no severities', 'Define them under severities: name, respondWithin, page.')];
  const findings: Finding[] = [];
  if (!severities.some(({ page }) => page))
    findings.push(problem('no severity pages, so no incident wakes anybody', 'Let the highest severity page.'));
  for (const [index, lower] of severities.entries()) {
    const higher = severities[index - 1];
    if (higher === undefined) continue;
    if (seconds(lower.respondWithin) < seconds(higher.respondWithin))
      findings.push(
        problem(
          `${lower.name} is answered within ${lower.respondWithin}, sooner than ${higher.name} within ${higher.respondWithin}`,
          'List severities from highest to lowest, with rising response times.',
        ),
      );
    if (lower.page && !higher.page)
      findings.push(
        problem(`${lower.name} pages and the higher ${higher.name} does not`, 'Let the higher severity page as well.'),
      );
  }
  return findings;
}

/** What pages and is announced by no alert comes to light by a customer's call. */
function unannounced(severities: Spec['severities'], alerts: readonly Alert[], params: Params): Finding[] {
  const announced = new Set(alerts.map(({ labels }) => severityNamed(labels[params.label] ?? '', params)));
  // An alert whose severity is not known may be the one.
  if (
    alerts.some((alert) => isTemplate(alert.labels[params.label]) || judgeAlert(alert, severities, params).length > 0)
  )
    return [];
  return severities
    .filter(({ page, name }) => page && !announced.has(name.toLowerCase()))
    .map(({ name, respondWithin }) => ({
      message: `${name} is to be answered within ${respondWithin}, and none of the ${alerts.length} alerts announces it`,
      severity: 'medium',
      fromAbsence: true,
      remediation: `Give the alerts on what makes a ${name} the ${params.label} of ${name}, or remove the severity.`,
    }));
}

function severityNamed(value: string, { meaning }: Params): string {
  return (meaning[value] ?? value).toLowerCase();
}

/** The value is made when the alert fires, or filled in when its rule is deployed. */
function isTemplate(value: string | undefined): boolean {
  return value !== undefined && /\{\{|\$\{/.test(value);
}

/** Several alerts of one name and severity, which differ in what they compare, are told of once. */
function distinct(alerts: readonly Alert[], { label }: Params): readonly Alert[] {
  const keyOf = ({ name, labels, origin }: Alert): string => JSON.stringify([name, labels[label], origin]);
  return [...new Map(alerts.toReversed().map((alert) => [keyOf(alert), alert])).values()].toReversed();
}

function judgeAlert(
  { name, labels, origin }: Alert,
  severities: Spec['severities'],
  { label, meaning, silent }: Params,
): Finding[] {
  const value = labels[label];
  const found = (message: string, remediation: string): Finding[] => [
    { message, severity: 'medium', origin, remediation },
  ];
  if (value === undefined)
    return found(`alert ${name} has no ${label} label`, `Give it the ${label} of the incident it announces.`);
  if (isTemplate(value)) return [];
  const severity = meaning[value] ?? value;
  if (silent.includes(value) || severities.some((known) => known.name.toLowerCase() === severity.toLowerCase()))
    return [];
  return found(
    `alert ${name} has ${label} ${value}, which is no severity of the incident model`,
    `Use one of ${severities.map((one) => one.name).join(', ')}, or map ${value} in the param "meaning".`,
  );
}
