import type { Patch, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { foreignIn, patchesOf, type Excess, type Leak, type Stray } from '../../proofs/network/index.ts';
import type { Held } from './input.ts';
import type { TenantPath } from './tenants.ts';
import type { UnderGrant } from './under.ts';

export interface Params {
  readonly undeclaredFrom: readonly string[];
}

interface Verdicts {
  readonly findings: Finding[];
  readonly open: string[];
}

export function check(_subject: Subject, input: Held, params: Params): Result {
  const verdicts: Verdicts = { findings: [], open: [] };
  judgeTenants(input, verdicts);
  if (input.declared === undefined)
    return verdicts.findings.length > 0
      ? failOr(verdicts.findings, '')
      : inconclusive(
          'the spec declares no flows, so nothing says which connections are meant: declare flows in launchgate.yaml',
        );
  judgeUnder(input, verdicts);
  judgeExcess(input, params, verdicts);
  judgeArrivals(input, verdicts);
  judgeStrays(input, params, verdicts);
  const { findings, open } = verdicts;
  if (findings.length === 0 && open.length === 0)
    isForeign(input, input.namespaces, 'whether exactly the declared flows pass', verdicts, true);
  if (findings.length === 0 && open.length > 0)
    return inconclusive(`${open[0]}${open.length > 1 ? `; and ${open.length - 1} more` : ''}`);
  return failOr(
    findings,
    `all ${input.declared} declared flows pass end to end, and nothing else between ${input.workloads} workloads or to them from outside`,
    { flows: input.declared, workloads: input.workloads },
  );
}

/** Whether a policy of another kind may decide; then the question stays open. */
function isForeign(
  { foreign }: Held,
  namespaces: readonly string[],
  question: string,
  { open }: Verdicts,
  onlyWidening = false,
): boolean {
  const found = foreignIn(foreign, namespaces, onlyWidening);
  if (found !== undefined) open.push(`${question}: ${found.id} may decide, and its kind is not modelled`);
  return found !== undefined;
}

function judgeTenants(input: Held, verdicts: Verdicts): void {
  for (const one of input.tenants) {
    const question = `whether ${one.example} passes, from tenant ${one.from} to tenant ${one.to}`;
    if (isForeign(input, one.namespaces, question, verdicts)) continue;
    if (one.sure) verdicts.findings.push(betweenTenants(one));
    else verdicts.open.push(question);
  }
}

function judgeUnder(input: Held, verdicts: Verdicts): void {
  for (const one of input.under) {
    const question = `whether the declared flow ${one.pair} passes`;
    if (one.verdict === 'unknown') verdicts.open.push(`${question}: ${one.because}`);
    else if (!isForeign(input, one.namespaces, question, verdicts, true)) verdicts.findings.push(blocked(one));
  }
  for (const flow of input.placeless)
    verdicts.open.push(
      `whether the declared flow ${flow} passes: that end is nowhere in the cluster and has no addresses in the spec`,
    );
}

function judgeExcess(input: Held, { undeclaredFrom }: Params, verdicts: Verdicts): void {
  for (const one of input.excess) {
    if (undeclaredFrom.includes(one.from)) continue;
    const question = `whether ${pairs(one)} undeclared`;
    if (!one.sure) verdicts.open.push(`${question}: ${one.reasons[0] ?? 'the policies do not settle it'}`);
    else if (!isForeign(input, one.namespaces, question, verdicts)) verdicts.findings.push(overGrant(one));
  }
}

function judgeArrivals(input: Held, verdicts: Verdicts): void {
  for (const one of input.arrivals) {
    const question = `whether ${one.workloads[0]} takes connections from ${one.addresses}`;
    if (!one.sure) verdicts.open.push(`${question}: ${one.reasons[0] ?? 'the policies do not settle it'}`);
    else if (!isForeign(input, one.namespaces, question, verdicts)) verdicts.findings.push(arrival(one));
  }
}

function judgeStrays(input: Held, { undeclaredFrom }: Params, verdicts: Verdicts): void {
  for (const one of input.strays) {
    const workloads =
      one.direction === 'egress' ? one.workloads.filter((id) => !undeclaredFrom.includes(id)) : one.workloads;
    if (workloads.length === 0) continue;
    const question = `whether ${workloads[0]} talks to ${one.strangers[0]} on ${one.ports}`;
    if (!isForeign(input, one.namespaces, question, verdicts)) verdicts.findings.push(stray({ ...one, workloads }));
  }
}

export function synth(_subject: Subject, input: Held): Patch[] {
  return patchesOf(input);
}

function blocked({ flow, pair, because, steps, sides, origin }: UnderGrant): Finding {
  return {
    message: `the flow ${flow} is declared and does not pass (${pair}): ${because}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    counterExample: [...steps],
    fromAbsence: true,
    remediation: `Add a rule for ${sides.join(' and ')} that lets ${pair} pass, or take the flow out of the spec.`,
  };
}

function overGrant(excess: Excess): Finding {
  const { egressBy, ingressBy, steps, origin } = excess;
  const open = [
    ...(egressBy.length === 0 ? ['no policy closes the senders'] : []),
    ...(ingressBy.length === 0 ? ['no policy closes the receivers'] : []),
  ];
  const by = [...new Set([...egressBy, ...ingressBy])];
  const why = [
    ...(by.length === 0 ? [] : [`${by.slice(0, 3).join(' and ')} ${by.length === 1 ? 'lets' : 'let'} it`]),
    ...open,
  ].join(', ');
  return {
    message: `${pairs(excess)} and no flow declares it: ${why}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    counterExample: [...steps],
    fromAbsence: open.length > 0,
    remediation:
      by.length === 0
        ? 'Close the namespaces with a default-deny policy and allow the declared flows, or declare this one.'
        : `Narrow ${by[0]} to the declared peers and ports, or declare the flow.`,
  };
}

function pairs({ from, to, ports, pairs: count }: Excess): string {
  const first = `${from} may talk to ${to} on ${ports}`;
  return count === 1 ? first : `${count} pairs of workloads may talk: ${first}`;
}

function arrival({ workloads, addresses, ports, by, origin }: Leak): Finding {
  const others = workloads.length > 1 ? ` and ${workloads.length - 1} more` : '';
  const why = by.length === 0 ? 'no policy closes them' : `${by.join(', ')} lets it`;
  return {
    message: `${workloads[0]}${others} may be reached from ${addresses} on ${ports} and no flow declares it: ${why}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    fromAbsence: by.length === 0,
    remediation:
      by.length === 0
        ? 'Close the namespace with a default-deny policy, or declare a flow from the subnet or from internet.'
        : `Narrow ${by[0]}, or declare a flow from the subnet or from internet.`,
  };
}

function stray({ direction, workloads, strangers, ports, by, isDns, origin }: Stray): Finding {
  const others = workloads.length > 1 ? ` and ${workloads.length - 1} more` : '';
  const more = strangers.length > 1 ? ` and ${strangers.length - 1} more kinds of pods` : '';
  const may = direction === 'egress' ? 'may reach' : 'may be reached by';
  const why = isDns
    ? 'names are asked for on UDP 53 and TCP 53 alone'
    : 'these pods are not of this repository, so nothing here closes their end';
  return {
    message: `${workloads[0]}${others} ${may} ${strangers[0]}${more} on ${ports} by ${by.join(' and ')}: ${why}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    remediation: isDns
      ? `Give ${by[0]} the ports UDP 53 and TCP 53 and no others.`
      : `List in ${by[0]} the ports that are needed.`,
  };
}

function betweenTenants({ from, to, pairs: count, example, steps, origin }: TenantPath): Finding {
  return {
    message: `tenant ${from} reaches tenant ${to}, ${count === 1 ? 'by one pair' : `by ${count} pairs`} of workloads: ${example}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    counterExample: [...steps],
    remediation:
      'Let the namespaces of a tenant take connections from their own tenant and from shared services alone.',
  };
}
