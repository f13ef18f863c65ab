import type { Finding } from '../../model/result.ts';
import { matcherText, type Inhibition } from '../../proofs/alerting/routing/index.ts';
import type { Params } from './check.ts';
import type { Routing } from './input.ts';
import { pagingAlerts, whyNoPage } from './paging.ts';
import { listed, type Judged } from './ways.ts';

/**
 * Pages that another alert mutes without anybody being woken in their place: the other fires always, wakes nobody, or is muted by the
 * page in turn. Only what is certain from the labels counts.
 */
export function judgeInhibition(input: Routing, judged: readonly Judged[], params: Params): Finding[] {
  const paging = new Map(pagingAlerts(input, params).map((one) => [one.index, one.severity]));
  return judged.flatMap((one) => {
    const certain = one.answer.inhibitions.filter((edge) => edge.certain && paging.has(edge.target));
    return [...Map.groupBy(certain, ({ target }) => target).values()].flatMap((edges) => {
      for (const edge of edges) {
        const found = judgeEdge(edge, input, one, paging, params);
        if (found !== undefined) return [found];
      }
      return [];
    });
  });
}

function judgeEdge(
  edge: Inhibition,
  input: Routing,
  judged: Judged,
  paging: ReadonlyMap<number, string>,
  params: Params,
): Finding | undefined {
  const [source, target] = [input.alerts[edge.source], input.alerts[edge.target]];
  if (source === undefined || target === undefined) return undefined;
  const severity = paging.get(edge.target) ?? '';
  const page = `${target.name} (${severity})`;
  const found = (message: string, remediation: string): Finding => ({
    message,
    severity: 'high',
    ...(edge.rule.origin !== undefined && { origin: edge.rule.origin }),
    remediation,
  });
  if (source.constant)
    return found(
      `${page} never pages: ${source.name} fires always and inhibits it`,
      'Narrow the source of the inhibition rule, or add labels to equal that differ.',
    );
  const mutual = judged.answer.inhibitions.some(
    (other) => other.certain && other.source === edge.target && other.target === edge.source,
  );
  if (mutual && paging.has(edge.source))
    return found(
      `${page} and ${source.name} inhibit each other: when both fire, neither pages`,
      'Let the inhibition go one way only, from the cause to what follows from it.',
    );
  const wakes = judged.answer.alerts[edge.source]?.ways.some(({ result }) =>
    result.some(
      ({ receiver }) =>
        whyNoPage(receiver, paging.get(edge.source) ?? severity, judged, input.rotations, params) === undefined,
    ),
  );
  if (wakes !== false) return undefined;
  return found(
    `${page} is muted while ${source.name} fires, which wakes nobody (inhibition by ${listed(edge.rule.source.map(matcherText))})`,
    `Let ${source.name} page, or take ${target.name} out of the targets of the rule.`,
  );
}
