import type { Origin } from '../../model/origin.ts';
import {
  declaredFlows,
  explain,
  judgeFlows,
  overGrants,
  portsText,
  type SideExplanation,
} from '../../proofs/reachability/index.ts';
import { belongTogether, needsOf, wantedFlows, type Need } from '../../proofs/network/index.ts';
import type { ReachDiff, ReachExplanation, ReachFlows } from '../../report/reach/schema.ts';
import { endNamed, portNamed } from './ends.ts';
import { rowsOf, type MapOptions } from './map.ts';
import type { ReachSubject } from './read.ts';

/** Why one connection passes or does not. */
export function reachExplanation(
  subject: ReachSubject,
  source: string,
  destination: string,
  port: string,
): ReachExplanation {
  const { reach, head } = subject;
  const from = endNamed(reach, source);
  const to = endNamed(reach, destination);
  const on = portNamed(reach, to.endpoint, destination, port);
  const found = explain(reach, from.endpoint, to.endpoint, on.protocol, on.port);
  return {
    ...head,
    kind: 'ReachExplanation',
    src: from.label,
    dst: to.label,
    protocol: on.protocol,
    port: on.port,
    verdict: found.verdict,
    egress: sideOf(subject, found.egress),
    ingress: sideOf(subject, found.ingress),
  };
}

function sideOf({ locate }: ReachSubject, side: SideExplanation): ReachExplanation['egress'] {
  const placed = <T extends { readonly origin?: Origin }>({ origin, ...rest }: T) => {
    const location = origin === undefined ? undefined : locate(origin);
    return { ...rest, ...(location && { location }) };
  };
  return { ...side, policies: side.policies.map(placed), rules: side.rules.map(placed), reasons: [...side.reasons] };
}

/** What passes now and did not, what passed and does not, and what passes on other ports. Unknown counts as what it may be: `TCP 80 or nothing`. */
export function reachDiff(before: ReachSubject, after: ReachSubject, other: string, options: MapOptions): ReachDiff {
  const [old, now] = [connections(before, options), connections(after, options)];
  const rows: ReachDiff['rows'] = [];
  for (const key of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(key) ?? NOTHING, now.get(key) ?? NOTHING];
    if (was === is) continue;
    const [src = '', dst = ''] = key.split('\n');
    const change = was === NOTHING ? 'added' : is === NOTHING ? 'removed' : 'changed';
    rows.push({ src, dst, before: was, after: is, change });
  }
  const unread = [...after.head.unread, ...before.head.unread.map((gap) => ({ ...gap, path: `${other}/${gap.path}` }))];
  return { ...after.head, unread, kind: 'ReachDiff', other, rows };
}

const NOTHING = 'No Connections';

function connections(subject: ReachSubject, options: MapOptions): Map<string, string> {
  const found = new Map<string, string>();
  const { rows, unknown } = rowsOf(subject, options);
  for (const { src, dst, conn } of rows) found.set(`${src}\n${dst}`, conn);
  for (const { src, dst, conn } of unknown) {
    const key = `${src}\n${dst}`;
    const sure = found.get(key);
    found.set(key, sure === undefined ? `perhaps ${conn}` : `${sure}; perhaps ${conn}`);
  }
  return found;
}

/** `a -> b : TCP 80` as a row. */
function endsOfName(name: string): { src: string; dst: string; conn: string } {
  const [ends = '', conn = ''] = name.split(' : ');
  const [src = '', dst = ''] = ends.split(' -> ');
  return { src, dst, conn };
}

/** The flows of the spec held against what passes. */
export function reachFlows(subject: ReachSubject): ReachFlows {
  const { reach, view, head } = subject;
  const declared = declaredFlows(view, reach);
  const report: ReachFlows = { ...head, kind: 'ReachFlows', under: [], over: [], unknown: [], placeless: [] };
  for (const { name, flows, placeless } of declared) {
    if (placeless !== undefined) report.placeless.push({ flow: name, end: placeless });
    for (const { flow, verdict } of judgeFlows(reach, flows)) {
      const row = { ...endsOfName(flow.name), flow: name };
      if (verdict === 'denied') report.under.push(row);
      if (verdict === 'unknown') report.unknown.push(row);
    }
  }
  const needs = needsOf(view, reach);
  for (const [index, { flow, verdict }] of judgeFlows(reach, needs).entries()) {
    const row = { ...endsOfName(flow.name), flow: whyOf(needs[index]) };
    if (verdict === 'denied') report.under.push(row);
    if (verdict === 'unknown') report.unknown.push(row);
  }
  const isOwn = belongTogether(view);
  for (const { from, to, connection } of overGrants(reach, wantedFlows(view, reach))) {
    if (connection.allowed.length === 0) continue;
    for (const a of from)
      for (const b of to)
        if (!isOwn(a, b))
          for (const source of a.members)
            for (const target of b.members)
              if (source !== target)
                report.over.push({ src: source.id, dst: target.id, conn: portsText(connection.allowed) });
  }
  report.over.sort((a, b) => (`${a.src} ${a.dst}` < `${b.src} ${b.dst}` ? -1 : 1));
  return report;
}

const WHY: Readonly<Record<Need['kind'], (by: string) => string>> = {
  dns: () => 'names are resolved before anything is dialled; long answers take TCP',
  scrape: (by) => `${by} has it scraped`,
  webhook: (by) => `${by} has the API server call it`,
  ingress: (by) => `${by} sends requests there`,
  balancer: (by) => `${by} has a load balancer send requests there`,
};

function whyOf(need: Need | undefined): string {
  return need === undefined ? '' : WHY[need.kind](need.by);
}
