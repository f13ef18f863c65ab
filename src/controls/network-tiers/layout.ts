import type { Finding } from '../../model/result.ts';
import type { Params } from './check.ts';
import type { Judged } from './judged.ts';
import type { SubnetFact, Tiers } from './query.ts';

/** Each zone has a subnet of each tier, and the routes of each subnet are those of its tier. */
export function layout({ subnets }: Tiers, params: Params): Judged {
  if (subnets.length === 0) return { findings: [], unclear: [] };
  const untold = subnets.flatMap((subnet) => unclearOf(subnet) ?? []);
  const absent = networksOf(subnets).flatMap((own) => missing(own, params));
  const routed = subnets.flatMap((subnet) => routeFindings(subnet, params));
  // A subnet whose zone or tier is not known may be the one that is missed.
  const mayHide = subnets.some(
    ({ tier, zone, unclear }) => tier === undefined || zone === undefined || unclear !== undefined,
  );
  return { findings: mayHide ? routed : [...routed, ...absent], unclear: untold };
}

/** The networks that hold data, each by itself; where none does, all that is there is taken for one. */
function networksOf(subnets: readonly SubnetFact[]): readonly (readonly SubnetFact[])[] {
  const networks = [...Map.groupBy(subnets, ({ vpc }) => vpc ?? '').values()];
  const holding = networks.filter((own) => own.some(({ tier }) => tier === 'data'));
  return holding.length === 0 ? [subnets] : holding;
}

function unclearOf({ id, tier, zone, unclear, origin }: SubnetFact): Judged['unclear'][number] | undefined {
  if (unclear !== undefined) return { because: `${id}: ${unclear}`, origin };
  if (tier === undefined) return { because: `nothing says which tier ${id} is of`, origin };
  return zone === undefined ? { because: `the zone of ${id} is not known`, origin } : undefined;
}

function missing(subnets: readonly SubnetFact[], { tiers, minZones }: Params): Finding[] {
  const layered = subnets.filter(({ tier }) => tier !== undefined && tiers.includes(tier));
  const zones = [...Map.groupBy(layered, ({ zone }) => zone ?? '')].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const [first] = subnets;
  const place = first === undefined ? {} : { origin: first.origin };
  const findings = zones.flatMap(([zone, own]): Finding[] => {
    const lacking = tiers.filter((tier) => !own.some((subnet) => subnet.tier === tier));
    if (lacking.length === 0) return [];
    return [
      {
        message: `zone ${zone} has no ${lacking.join(' and no ')} subnet; it has ${own.map(({ id, tier }) => `${id} (${tier ?? ''})`).join(', ')}`,
        severity: 'high',
        fromAbsence: true,
        origin: own[0]?.origin ?? place.origin,
        remediation: `Add a ${lacking[0] ?? ''} subnet in ${zone}, with a route table of its own.`,
      } as Finding,
    ];
  });
  if (zones.length >= minZones) return findings;
  return [
    ...findings,
    {
      message: `the subnets lie in ${zones.length === 1 ? 'one zone' : `${zones.length} zones`}, and ${minZones} are wanted`,
      severity: 'high',
      fromAbsence: true,
      ...place,
      remediation: `Spread ${tiers.join(', ')} subnets over at least ${minZones} zones.`,
    },
  ];
}

function routeFindings({ id, cidr, tier, by, out, unclear }: SubnetFact, { isolatedData }: Params): Finding[] {
  if (out === undefined || unclear !== undefined || tier === undefined || tier === 'public') return [];
  if (out.way === 'internet')
    return [
      {
        message: `${id} (${cidr}) is ${tier} by ${by}, and its route table leads to the internet by ${out.id}`,
        severity: tier === 'data' ? 'critical' : 'high',
        origin: out.origin,
        counterExample: [
          {
            action: 'a host here gets an address of the internet',
            state: 'by a flag, an Elastic IP or publicly_accessible',
          },
          { action: `a stranger connects through ${out.id}`, state: `the route answers him from ${id}` },
        ],
        remediation: `Take the route to ${out.id} out of the table of ${id}.`,
      },
    ];
  if (tier !== 'data' || !isolatedData) return [];
  return [
    {
      message: `${id} (${cidr}) is data by ${by}, and can reach the internet by ${out.id}`,
      severity: 'medium',
      origin: out.origin,
      remediation:
        'Give data subnets a route table with local routes only, and reach the services of AWS by endpoints.',
    },
  ];
}
