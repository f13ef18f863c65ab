import type { Finding } from '../../model/result.ts';
import type { Params } from './check.ts';
import type { Alert, Routing } from './input.ts';
import type { Verdict } from './paging.ts';
import { always, integrationsOf, labelsText, listed, receiversOf, unfilledIn, unseenOn, type Judged } from './ways.ts';

/** Every alert must reach a receiver that notifies somebody, unless its severity says that nobody need know. `said` are found already. */
export function judgeReaching(
  input: Routing,
  judged: readonly Judged[],
  params: Params,
  said: ReadonlySet<Alert>,
): Verdict {
  const nobody = new Map<string, { alerts: Alert[]; unfilled: boolean; origin: Finding['origin'] }>();
  const findings: Finding[] = [];
  const open: string[] = [];
  for (const [index, alert] of input.alerts.entries()) {
    if (isSilent(alert, params) || said.has(alert)) continue;
    if (alert.dropped === 'yes') findings.push(droppedFinding(alert));
    const each = judged.flatMap((one) => {
      const ways = one.answer.alerts[index];
      if (ways === undefined) return [];
      const notifies = (name: string): boolean => integrationsOf(one.config, name).length > 0;
      return [
        always(
          alert,
          ways,
          one.config.root,
          (way) => way.result.some(({ receiver }) => notifies(receiver)) || unseenOn(one.config, way) !== undefined,
        ),
      ];
    });
    const hidden = unseenFor(index, judged);
    if (hidden !== undefined) open.push(`whom ${alert.name} reaches cannot be told: it goes to ${hidden}`);
    const [first] = each;
    if (alert.dropped === 'yes' || first === undefined || each.some(({ answer }) => answer === 'yes')) continue;
    if (first.answer === 'no' && each.every(({ answer }) => answer === 'no')) {
      const key = listed(receiversOf(first.way));
      const unfilled = receiversOf(first.way).some((name) =>
        judged.some((one) => unfilledIn(one.config, name).length > 0),
      );
      const group = nobody.get(key) ?? { alerts: [], unfilled, origin: first.way.result[0]?.origin };
      group.alerts.push(alert);
      nobody.set(key, group);
    } else if (first.answer === 'open') open.push(openQuestion(alert, first.way));
  }
  const lost = [...nobody].map(([receiver, group]) => nobodyFinding(receiver, group));
  return { findings: [...findings, ...lost], open };
}

/** The receiver of which it cannot be told whom it notifies, where the alert reaches nobody else. */
function unseenFor(index: number, judged: readonly Judged[]): string | undefined {
  const each = judged.map(({ config, answer }) =>
    (answer.alerts[index]?.ways ?? []).flatMap((way) => {
      const reached = way.result.some(({ receiver }) => integrationsOf(config, receiver).length > 0);
      return reached ? [] : (unseenOn(config, way) ?? []);
    }),
  );
  return each.every((found) => found.length > 0) ? each[0]?.[0] : undefined;
}

/** Whether its severity says that nobody need know. */
export function isSilent({ labels }: Alert, { label, silent }: Params): boolean {
  const value = labels.known[label];
  return value?.kind === 'is' && silent.includes(value.value);
}

function openQuestion({ name }: Alert, way: Parameters<typeof receiversOf>[0] | undefined): string {
  if (way === undefined) return `whether ${name} reaches anybody cannot be told: its ways are too many`;
  return `whether ${name} reaches anybody depends on its labels: with ${labelsText(way.witness)} it goes to ${listed(receiversOf(way))}, which notifies nobody`;
}

function droppedFinding({ name, origin }: Alert): Finding {
  return {
    message: `alert ${name} is dropped by alert_relabel_configs and never arrives at Alertmanager`,
    severity: 'high',
    origin,
    remediation: 'Narrow the relabelling that drops it, or remove the alert.',
  };
}

function nobodyFinding(
  receiver: string,
  { alerts, unfilled, origin }: { alerts: readonly Alert[]; unfilled: boolean; origin: Finding['origin'] },
): Finding {
  const many = alerts.length > 1;
  return {
    message: `${many ? `${alerts.length} alerts reach` : `alert ${alerts[0]?.name ?? ''} reaches`} nobody: receiver ${receiver} has no integration${unfilled ? ' whose keys are filled in' : ''}${many ? ` (${listed(alerts.map(({ name }) => name))})` : ''}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    remediation: `Give ${receiver} an integration, or route ${many ? 'these alerts' : 'the alert'} to a receiver that has one.`,
  };
}
