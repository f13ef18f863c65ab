import type { Patch, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { foreignIn, type Leak, patchesOf } from '../../proofs/network/index.ts';
import type { Egress, Named } from './input.ts';

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

function judgeNames(
  { service, names, held }: Named,
  { foreign }: Egress,
): { findings: Finding[] } | { because: string } {
  const fqdn = foreign.find(({ id }) => /^(?:Cilium|Global)/.test(id));
  if (held === undefined && fqdn !== undefined)
    return {
      because: `whether ${service} is held to ${list(names)}: ${fqdn.id} may name them, and its kind is not modelled`,
    };
  const remediation =
    'Send it through an egress proxy that lets the declared names pass and denies the rest, or give the external its cidrs.';
  if (held === undefined)
    return {
      findings: [
        {
          message: `${service} is declared to reach ${list(names)}, and nothing holds it to these names: a NetworkPolicy knows addresses alone`,
          severity: 'high',
          fromAbsence: true,
          remediation,
        },
      ],
    };
  const { origin, because } = held;
  if (held.names === undefined)
    return {
      findings: [
        { message: `${service} is not held to ${list(names)}: ${because}`, severity: 'high', origin, remediation },
      ],
    };
  const matches = (pattern: string, name: string): boolean =>
    pattern === name || (pattern.startsWith('.') && (name === pattern.slice(1) || name.endsWith(pattern)));
  const more = held.names.filter((pattern) => !names.some((name) => pattern === name));
  const less = names.filter((name) => held.names?.some((pattern) => matches(pattern, name)) !== true);
  const findings: Finding[] = [];
  if (more.length > 0)
    findings.push({
      message: `${service} lets ${list(more)} pass, which no flow declares`,
      severity: 'high',
      origin,
      remediation: 'Take it off the list of the proxy, or declare an external and a flow.',
    });
  if (less.length > 0)
    findings.push({
      message: `${service} is declared to reach ${list(less)}, and its list does not have it`,
      severity: 'medium',
      origin,
      remediation: 'Add it to the list of the proxy, or take the flow out of the spec.',
    });
  return { findings };
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
