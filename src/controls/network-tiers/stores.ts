import { isWithin, parseCidr } from '../../model/cidr.ts';
import type { Finding } from '../../model/result.ts';
import { stepsOf, type Admission } from '../../proofs/topology/index.ts';
import type { Params } from './check.ts';
import type { Judged } from './judged.ts';
import type { StoreFact, Tiers } from './query.ts';

/** No path from the internet, no address of the internet's, a data subnet, and ports for its clients alone. */
export function storeFindings(store: StoreFact, params: Params): Judged {
  const admitted = store.admissions.flatMap((admission) => admissionFindings(store, admission, params));
  return {
    findings: [...reachFindings(store), ...publicFindings(store), ...placeFindings(store), ...admitted],
    unclear: [
      ...store.reach.flatMap((reach) => (reach.answer === 'unknown' ? [reach] : [])),
      ...(typeof store.public === 'string' ? [] : [store.public]),
      ...(store.unplaced === undefined ? [] : [{ because: store.unplaced, origin: store.origin }]),
      ...store.unclear,
    ],
  };
}

function reachFindings({ id, what, ports, reach }: StoreFact): Finding[] {
  return reach.flatMap((one, index): Finding[] => {
    if (one.answer !== 'open') return [];
    const last = one.hops.at(-1) ?? one.hops[0];
    return [
      {
        message: `the internet reaches the ${what} ${id} on port ${ports[index] ?? 0} in ${one.hops.length} hops`,
        severity: 'critical',
        origin: last.origin,
        counterExample: [{ action: 'from the internet', state: 'a stranger, any address' }, ...stepsOf(one.hops)],
        remediation: `Close the last hop: let only the application's subnets in to ${id}, and take its public address away.`,
      },
    ];
  });
}

function publicFindings(store: StoreFact): Finding[] {
  if (store.public !== 'yes' || store.reach.some(({ answer }) => answer === 'open')) return [];
  const stops = store.reach.find((one) => one.answer === 'closed');
  return [
    {
      message: `${store.id} has an address of the internet's${stops === undefined ? '' : `, and all that stops a stranger is that ${stops.because}`}`,
      severity: 'high',
      origin: store.publicOrigin,
      remediation: 'Set publicly_accessible to false, or place it inside a network.',
    },
  ];
}

function placeFindings({ id, lies, origin }: StoreFact): Finding[] {
  const misplaced = lies.filter(({ tier }) => tier !== undefined && tier !== 'data');
  const [first] = misplaced;
  if (first === undefined) return [];
  const exposed = misplaced.some(({ tier }) => tier === 'public');
  return [
    {
      message: `${id} lies in ${misplaced.map(({ subnet, tier }) => `${subnet} (${tier ?? ''})`).join(', ')} instead of data subnets`,
      severity: exposed ? 'high' : 'medium',
      origin,
      remediation: 'Name data subnets in its subnet group.',
    },
  ];
}

function admissionFindings(
  { id }: StoreFact,
  { port, from, tiers, beyond, origin }: Admission,
  params: Params,
): Finding[] {
  const foreign = tiers.filter((tier) => !params.clients.includes(tier) && tier !== 'data');
  const block = parseCidr(from);
  const allowed =
    block !== undefined &&
    isWithin(
      block,
      params.allowedSources.flatMap((range) => parseCidr(range) ?? []),
    );
  if (allowed || (beyond === 'nothing' && foreign.length === 0)) return [];
  const who =
    beyond === 'internet'
      ? 'addresses of the internet'
      : foreign.length > 0
        ? `the ${foreign.join(', ')} ${foreign.length === 1 ? 'tier' : 'tiers'}`
        : 'addresses beyond the network';
  return [
    {
      message: `port ${port} of ${id} is open to ${from}: ${who}, not to the ${params.clients.join(', ')} tier alone`,
      severity: beyond === 'internet' ? 'critical' : 'high',
      origin,
      remediation: `Let only the ranges or the security group of the ${params.clients.join(', ')} tier in on ${port}.`,
    },
  ];
}

/** A declared flow to a managed store needs its port, a security group that lets it in and an egress rule that lets it out. */
export function flowFindings({ flows, stores }: Tiers, { clients }: Params): Judged {
  const findings = flows.flatMap(({ name, port, store, listens, blocked, origin }): Finding[] => {
    const fact = stores.find(({ id }) => id === store);
    const admitted = fact?.admissions.some(
      (one) => one.port === port && one.tiers.some((tier) => clients.includes(tier)),
    );
    const wrongPort = listens.length > 0 && !listens.includes(port);
    const refused = !wrongPort && admitted === false && fact?.unclear.length === 0;
    return [
      ...(wrongPort
        ? [
            finding(
              `flow ${name} is declared on ${port}, and ${store} listens on ${listens.join(', ')}`,
              origin,
              'Correct the port of the flow or of the store.',
            ),
          ]
        : []),
      ...(refused
        ? [
            finding(
              `flow ${name} needs port ${port}, and no security group of ${store} lets the ${clients.join(', ')} tier in`,
              origin,
              `Add an ingress rule for ${port} to the security group of ${store}.`,
            ),
          ]
        : []),
      ...blocked.map(({ workload, origin: policy }) =>
        finding(
          `flow ${name} needs port ${port} of ${store}, and the network policies of ${workload} let no connection out to it`,
          policy,
          `Add an egress rule for ${port} to the data subnets to the policies of ${workload}.`,
        ),
      ),
    ];
  });
  return { findings, unclear: [] };
}

function finding(message: string, origin: Finding['origin'], remediation: string): Finding {
  return { message, severity: 'high', fromAbsence: true, remediation, ...(origin === undefined ? {} : { origin }) };
}
