import type { Patch, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { foreignIn, patchesOf, type HeldNames, type Leak } from '../../proofs/network/index.ts';
import { coversName } from '../../proofs/reachability/index.ts';
import type { Egress } from './input.ts';
import type { Named } from './names.ts';

export interface Params {
  readonly byName: readonly string[];
}

export function check(_subject: Subject, input: Egress, params: Params): Result {
  const open: string[] = [];
  const findings: Finding[] = [];
  if (input.enforcement.enforced === 'no') findings.push(unenforced(input));
  const sort = (leak: Leak, finding: Finding, what: string): void => {
    const foreign = foreignIn(input.foreign, leak.namespaces, false, 'egress');
    if (foreign !== undefined) open.push(`${what}: ${foreign.id} may decide, and its kind is not modelled`);
    else if (leak.sure) findings.push(finding);
    else open.push(`${what}: ${leak.reasons[0] ?? 'the policies do not settle it'}`);
  };
  // Where nobody wrote a spec, a namespace without policies is the matter of network-default-deny alone.
  const ofData = input.dataLeaks.filter(({ by }) => input.isDeclared || by.length > 0);
  for (const leak of ofData)
    sort(leak, fromData(leak), `whether ${leak.workloads[0]} of the data tier may leave the network`);
  if (!input.isDeclared) {
    if (findings.length > 0) return failOr(findings, '');
    return inconclusive(
      'the spec declares no flows, so nothing says what may leave the cluster: declare externals, subnets and flows in launchgate.yaml',
    );
  }
  for (const leak of input.leaks)
    sort(leak, undeclared(leak), `whether ${leak.workloads[0]} may reach ${leak.addresses}`);
  for (const named of input.named) {
    if (params.byName.includes(named.service)) continue;
    const held = judgeNames(named, input);
    if ('because' in held) open.push(held.because);
    else findings.push(...held.findings);
  }
  const foreign = foreignIn(input.foreign, input.namespaces, true);
  if (findings.length === 0 && open.length === 0 && foreign !== undefined)
    open.push(`whether ${foreign.id} lets more leave: its kind is not modelled`);
  if (findings.length === 0 && open.length > 0)
    return inconclusive(`${open[0]}${open.length > 1 ? `; and ${open.length - 1} more` : ''}`);
  return failOr(findings, summary(input), {
    workloads: input.workloads,
    flows: input.flows,
    names: new Set(input.named.flatMap(({ names }) => names)).size,
  });
}

export function synth(_subject: Subject, input: Egress): Patch[] {
  return patchesOf(input);
}

function undeclared(leak: Leak): Finding {
  const { addresses, ports, by, origin } = leak;
  const why = by.length === 0 ? 'no policy closes their egress' : `${by.join(', ')} lets it`;
  return {
    message: `${who(leak)} may reach ${addresses} on ${ports}, which no flow declares: ${why}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    fromAbsence: by.length === 0,
    remediation:
      by.length === 0
        ? 'Close egress with a default-deny policy and allow the declared ranges, or declare the flow to an external or a subnet.'
        : `Narrow ${by[0]} to the declared ranges, or declare the flow to an external or a subnet.`,
  };
}

function fromData(leak: Leak): Finding {
  const { addresses, ports, by, origin } = leak;
  return {
    message: `${who(leak)} of the data tier may leave the network to ${addresses} on ${ports}: ${by.length === 0 ? 'no policy closes its egress' : `${by.join(', ')} lets it`}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    fromAbsence: by.length === 0,
    remediation: 'Let a store reach its own members and endpoints inside the network, and nothing outside.',
  };
}

const REMEDY =
  'Send it through an egress proxy or a policy that lets the declared names pass and denies the rest, or give the external its cidrs.';

function judgeNames(named: Named, { foreign }: Egress): { findings: Finding[] } | { because: string } {
  const { service, names, held, unsettled } = named;
  const other = foreign.find(({ id, widens }) => widens && id.startsWith('Cluster'));
  if (held === undefined && other !== undefined)
    return {
      because: `whether ${service} is held to ${list(names)}: ${other.id} may name them, and its kind is not modelled`,
    };
  if (unsettled !== undefined) return { because: `whether ${service} is held to ${list(names)}: ${unsettled}` };
  if (held?.names !== undefined) return { findings: listed(named, held, held.names) };
  const message =
    held === undefined
      ? `${service} is declared to reach ${list(names)}, and nothing holds it to these names: a NetworkPolicy knows addresses alone`
      : `${service} is not held to ${list(names)}: ${held.because}`;
  return {
    findings: [
      {
        message,
        severity: 'high',
        ...(held?.origin !== undefined && { origin: held.origin }),
        ...(held === undefined && { fromAbsence: true }),
        remediation: REMEDY,
      },
    ],
  };
}

/** The declared names against those of the list. */
function listed(
  { service, names, beyond, unlearnt }: Named,
  { list: owner, origin }: HeldNames,
  held: readonly string[],
): Finding[] {
  const at = origin === undefined ? {} : { origin };
  const more = held.filter((pattern) => !names.includes(pattern));
  const less = names.filter((name) => !held.some((pattern) => holds(pattern, name)));
  const dark = unlearnt.filter((name) => !less.includes(name));
  const finding = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message,
    severity,
    ...at,
    remediation,
  });
  return [
    ...[more, beyond]
      .filter((some) => some.length > 0)
      .map((some) =>
        finding(
          `${service} lets ${list(some)} pass, which no flow declares`,
          'high',
          `Take it off ${owner}, or declare an external and a flow.`,
        ),
      ),
    ...(less.length === 0
      ? []
      : [
          finding(
            `${service} is declared to reach ${list(less)}, and its list does not have it`,
            'medium',
            `Add it to ${owner}, or take the flow out of the spec.`,
          ),
        ]),
    ...(dark.length === 0
      ? []
      : [
          finding(
            `${service} is declared to reach ${list(dark)}, and no rule for the DNS lets Cilium learn where that is, so nothing passes`,
            'medium',
            'Add rules.dns with the names to the rule that lets it ask the DNS on port 53.',
          ),
        ]),
  ];
}

/** A proxy's names have a leading dot for everything below, a policy's an asterisk. */
function holds(pattern: string, name: string): boolean {
  if (pattern.startsWith('.')) return name === pattern.slice(1) || name.endsWith(pattern);
  return coversName(pattern, name);
}

function unenforced({ enforcement: { because, origin } }: Egress): Finding {
  return {
    message: `no policy has any effect, so everything may leave: ${because}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    remediation: 'Run a network that enforces NetworkPolicy: Cilium, Calico, or the VPC CNI with enableNetworkPolicy.',
  };
}

function summary({ workloads, flows, named, everywhere }: Egress): string {
  const names = named.map(({ service, names: own }) => `${service} is held to ${own.length} names`);
  const wide =
    everywhere.length === 0
      ? []
      : [`${everywhere.join(', ')} ${everywhere.length === 1 ? 'is' : 'are'} declared to reach the whole internet`];
  return [
    `${workloads} workloads leave the cluster by ${flows} declared flows alone, and none of the data tier leaves the network`,
    ...names,
    ...wide,
  ].join('; ');
}

function who({ workloads }: Leak): string {
  return workloads.length > 3
    ? `${workloads.slice(0, 2).join(', ')} and ${workloads.length - 2} more`
    : workloads.join(', ');
}

function list(items: readonly string[]): string {
  return items.length > 4 ? `${items.slice(0, 3).join(', ')} and ${items.length - 3} more` : items.join(', ');
}
