import type { Patch, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { foreignIn, patchesOf } from '../../proofs/network/index.ts';
import type { DefaultDeny } from './input.ts';
import type { Blocked } from './needs.ts';
import type { Newcomer } from './newcomers.ts';
import type { Opening, Whom } from './openings.ts';

export interface Params {
  readonly hostNetwork: readonly string[];
  readonly open: readonly string[];
  readonly openToNewcomers: readonly string[];
}

interface Verdicts {
  readonly findings: Finding[];
  readonly open: string[];
}

export function check(_subject: Subject, input: DefaultDeny, params: Params): Result {
  const verdicts: Verdicts = { findings: [], open: [] };
  const { findings, open } = verdicts;
  if (input.enforcement.enforced === 'no') findings.push(unenforced(input));
  judgeOpenings(input, params, verdicts);
  judgeNewcomers(input, params, verdicts);
  judgeBlocked(input, verdicts);
  const foreign = foreignIn(input.foreign, input.namespaces, true);
  if (findings.length === 0 && open.length === 0 && foreign !== undefined)
    open.push(`whether ${foreign.id} changes the answer: its kind is not modelled`);
  if (findings.length === 0 && open.length > 0)
    return inconclusive(`${open[0]}${open.length > 1 ? `; and ${open.length - 1} more` : ''}`);
  return failOr(findings, summary(input, params), {
    workloads: input.workloads,
    namespaces: input.namespaces.length,
    needs: input.needs,
    enforced: input.enforcement.enforced,
  });
}

function judgeOpenings({ openings, foreign }: DefaultDeny, params: Params, { findings, open }: Verdicts): void {
  for (const opening of openings) {
    const accepted = opening.onHost ? params.hostNetwork : params.open;
    const one = { ...opening, workloads: opening.workloads.filter((id) => !accepted.includes(id)) };
    if (one.workloads.length === 0) continue;
    const question = `whether ${count(one.workloads)} of namespace ${one.namespace} ${one.workloads.length === 1 ? 'is' : 'are'} isolated`;
    const other = foreignIn(foreign, [one.namespace], false, one.direction);
    if (one.state === 'unknown') open.push(`${question}: ${one.because}`);
    else if (other !== undefined) open.push(`${question}: ${other.id} may decide, and its kind is not modelled`);
    else findings.push(openFinding(one));
  }
}

function judgeNewcomers(
  { newcomers, foreign }: DefaultDeny,
  { openToNewcomers }: Params,
  { findings, open }: Verdicts,
): void {
  const byNamespace = Map.groupBy(newcomers, ({ namespace }) => namespace);
  for (const [namespace, all] of byNamespace) {
    if (openToNewcomers.includes(namespace)) continue;
    const question = `whether a workload that is added to namespace ${namespace} starts closed`;
    const seen = all.filter(({ state }) => state === 'open');
    const sure = seen.filter(({ direction }) => foreignIn(foreign, [namespace], false, direction) === undefined);
    if (sure.length > 0) findings.push(newcomerFinding(namespace, sure));
    else if (seen.length === 0) open.push(`${question}: ${all[0]?.because}`);
    else open.push(`${question}: ${foreignIn(foreign, [namespace])?.id} may decide, and its kind is not modelled`);
  }
}

function judgeBlocked({ blocked, foreign }: DefaultDeny, { findings, open }: Verdicts): void {
  for (const one of blocked) {
    const question = `whether ${one.kind} of ${count(one.workloads)} of namespace ${one.namespace} on ${one.port} passes`;
    const other = foreignIn(foreign, [one.namespace], true);
    if (one.verdict === 'unknown') open.push(`${question}: ${one.because}`);
    else if (other !== undefined) open.push(`${question}: ${other.id} may let it, and its kind is not modelled`);
    else findings.push(blockedFinding(one));
  }
}

export function synth(_subject: Subject, input: DefaultDeny): Patch[] {
  return patchesOf(input);
}

/** Which connections open pods must keep, no manifest says: who calls whom is in code and in what is stored. */
export function withheld(_subject: Subject, input: DefaultDeny, params: Params): string | undefined {
  const found = input.openings
    .filter(({ state }) => state === 'open')
    .map((one) => ({ ...one, workloads: one.workloads.filter((id) => !params.open.includes(id)) }))
    .filter(({ workloads }) => workloads.length > 0);
  if (found.length === 0) return undefined;
  const workloads = new Set(found.flatMap((one) => one.workloads)).size;
  const who = workloads === 1 ? '1 open workload' : `${workloads} open workloads`;
  if (!input.declared)
    return `as the spec declares no flows, and what ${who} must still let pass is in no manifest: declare flows in launchgate.yaml ("launchgate reach" lists what passes now), then run synth again`;
  const plugin = [...new Set(found.flatMap(({ by }) => by))].filter((rule) => /^(?:Cilium|Calico|Global)/.test(rule));
  if (plugin.length > 0)
    return `as ${some(plugin)} lets it pass, and policies of ${plugin[0]?.startsWith('Cilium') === true ? 'Cilium' : 'Calico'} are not rewritten`;
  return patchesOf(input).length === 0 ? `as no policy was found under which ${who} would be closed` : undefined;
}

const WHOM: Readonly<Record<Opening['direction'], Readonly<Record<Whom, string>>>> = {
  ingress: {
    anybody: 'from anybody, from every namespace and from outside',
    addresses: 'from the whole internet',
    pods: 'from the pods of every namespace',
    unmarked: 'from the pods of every namespace that nobody labels or names otherwise',
  },
  egress: {
    anybody: 'to anybody, inside and outside of the cluster',
    addresses: 'to every address',
    pods: 'to the pods of every namespace',
    unmarked: 'to the pods of every namespace that nobody labels or names otherwise',
  },
};

function openFinding({ namespace, direction, workloads, whom, because, origin, by, ports }: Opening): Finding {
  const can = direction === 'egress' ? 'may connect' : `${workloads.length === 1 ? 'takes' : 'take'} connections`;
  const all = whom.map((one) => WHOM[direction][one]).join(' and ');
  const isEverything = ports === 'All Connections';
  const onAll =
    by.length === 0 || (isEverything && whom.includes('anybody'))
      ? ''
      : isEverything || ports.includes('TCP 1-65535')
        ? ` on every ${isEverything ? '' : 'TCP '}port`
        : ` on ${ports}`;
  return {
    message: `namespace ${namespace}: ${count(workloads)} ${can} ${all}${onAll}: ${because} (${some(workloads)})`,
    severity: direction === 'ingress' ? 'critical' : 'high',
    ...(origin !== undefined && { origin }),
    fromAbsence: by.length === 0,
    remediation:
      by.length === 0
        ? `Add a NetworkPolicy to namespace ${namespace} with podSelector: {} and policyTypes: [Ingress, Egress], and policies that allow the declared flows.`
        : `Replace the rule of ${by[0]} by the peers and ports that are needed.`,
  };
}

function newcomerFinding(namespace: string, newcomers: readonly Newcomer[]): Finding {
  const can = newcomers.map(({ direction, whom }) => {
    const all = whom
      .map((one) => (one === 'anybody' ? `${direction === 'ingress' ? 'from' : 'to'} anybody` : WHOM[direction][one]))
      .join(' and ');
    return `${direction === 'ingress' ? 'takes connections' : 'may connect'} ${all}`;
  });
  const rules = [...new Set(newcomers.flatMap(({ by }) => by))];
  const types = newcomers.map(({ direction }) => (direction === 'ingress' ? 'Ingress' : 'Egress')).join(', ');
  const origin = newcomers.find((one) => one.origin !== undefined)?.origin;
  return {
    message: `a new workload in namespace ${namespace} starts open: it ${can.join(' and ')}, as ${rules.length === 0 ? 'the policies there select the present workloads alone' : `${rules.join(', ')} ${newcomers.every(({ because }) => because.endsWith('lets everything pass')) ? 'lets everything' : 'lets it'} pass`}`,
    severity: 'medium',
    ...(origin !== undefined && { origin }),
    fromAbsence: rules.length === 0,
    remediation:
      rules.length === 0
        ? `Add a NetworkPolicy to namespace ${namespace} with podSelector: {} and policyTypes: [${types}], or list the namespace in openToNewcomers.`
        : `Replace the rule of ${rules[0]} by the peers and ports that are needed.`,
  };
}

const NEEDS: Readonly<Record<Blocked['kind'], readonly [severity: Finding['severity'], needs: string]>> = {
  dns: ['critical', 'cannot ask the cluster DNS'],
  scrape: ['high', 'cannot be scraped'],
  webhook: ['critical', 'cannot be called by the API server'],
  ingress: ['critical', 'cannot be reached by the ingress controller'],
  balancer: ['critical', 'cannot be reached by the load balancer'],
};

function blockedFinding(blocked: Blocked): Finding {
  const { kind, port, because, steps, origin, namespace, by, side } = blocked;
  const [severity, cannot] = NEEDS[kind];
  return {
    message: `namespace ${namespace}: ${count(blocked.workloads)} ${cannot} on ${port}${kind === 'dns' ? '' : `, which ${some(by)} asks for`}: ${because} (${some(blocked.workloads)})`,
    severity: kind === 'dns' && port.startsWith('TCP') ? 'high' : severity,
    ...(origin !== undefined && { origin }),
    counterExample: [...steps],
    fromAbsence: true,
    remediation: `Add a rule for ${side} on ${port} ${remedyOf(blocked)}.`,
  };
}

function remedyOf({ kind, namespace, sender, side }: Blocked): string {
  if (kind === 'dns')
    return `from the pods of namespace ${namespace} to the pods of kube-system labelled k8s-app: kube-dns; long answers come over TCP`;
  if (kind === 'webhook') return 'from the addresses of the API server, as an ipBlock';
  if (kind === 'balancer') return 'from the addresses of the load balancer, as an ipBlock';
  return side === 'ingress' ? `from ${sender} to these pods` : `of ${sender} to these pods`;
}

function unenforced({ enforcement: { because, origin }, workloads }: DefaultDeny): Finding {
  return {
    message: `no policy has any effect on the ${workloads} workloads: ${because}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    remediation: 'Run a network that enforces NetworkPolicy: Cilium, Calico, or the VPC CNI with enableNetworkPolicy.',
  };
}

function summary(
  { workloads, namespaces, needs, needsOfOthers, enforcement }: DefaultDeny,
  { openToNewcomers }: Params,
): string {
  const enforced =
    enforcement.enforced === 'yes' ? enforcement.because : `${enforcement.because}, which the drill has to`;
  const added = openToNewcomers.length === 0 ? '' : ` (but in ${openToNewcomers.join(', ')})`;
  const others =
    needsOfOthers === 0
      ? ''
      : ` (${needsOfOthers} more have senders that are not in the repository, and somebody gets through on each)`;
  return `${workloads} workloads in ${namespaces.length} namespaces take and send nothing that no rule lets, nor would one that is added${added}, and ${needs - needsOfOthers} connections that the platform cannot do without pass${others}; probes come from the pod's own node, which is always let in; ${enforced}`;
}

function count(items: readonly string[]): string {
  return items.length === 1 ? '1 workload' : `${items.length} workloads`;
}

function some(items: readonly string[]): string {
  return items.length > 4 ? `${items.slice(0, 3).join(', ')} and ${items.length - 3} more` : items.join(', ');
}
