import type { Finding } from '../../model/result.ts';
import { coversInternet } from '../../proofs/topology/index.ts';
import type { Params } from './check.ts';
import { DATABASE_PORTS } from './elsewhere.ts';
import type { Judged } from './judged.ts';
import type { Door, Tiers } from './query.ts';

function portsWithin(ports: readonly number[], rule: Pick<Door, 'ports' | 'protocol'>): number[] {
  if (rule.protocol !== 'all' && rule.protocol !== 'tcp') return [];
  return ports.filter((port) => rule.ports.from <= port && port <= rule.ports.to);
}

/** A rule for a database that lets the internet in; whether it has a public address may change with the next resource that carries the group. */
function databaseOpening({ group, from, ports, protocol, origin }: Door): Finding[] {
  const open = portsWithin(DATABASE_PORTS, { ports, protocol });
  if (open.length === 0) return [];
  return [
    {
      message: `${group} lets ${from} in on ${open.join(' and ')}, which databases listen on`,
      severity: 'high',
      origin,
      remediation: 'Name the security group or the ranges of the application instead.',
    },
  ];
}

/** Ways in for people: administration by VPN or just in time only, and the cluster's API for known ranges. */
export function openings({ doors, stores, ajar, clusters, foreign }: Tiers, { adminPorts }: Params): Judged {
  // A rule of a store that is known is judged there, with what it may let in.
  const known = new Set(stores.flatMap(({ admissions }) => admissions.map((one) => JSON.stringify(one.origin))));
  const admin = doors.flatMap(({ group, from, ports, protocol, origin }): Finding[] => {
    const open = portsWithin(adminPorts, { ports, protocol });
    if (open.length === 0)
      return known.has(JSON.stringify(origin)) ? [] : databaseOpening({ group, from, ports, protocol, origin });
    return [
      {
        message: `${group} lets ${from} in on ${open.join(' and ')}, so hosts are administered from the internet`,
        severity: 'critical',
        origin,
        remediation:
          'Let only the range of the VPN in, or open sessions just in time by AWS Systems Manager and remove the rule.',
      },
    ];
  });
  const apis = clusters.flatMap(({ id, public: told, ranges, origin }): Finding[] => {
    if (told !== 'yes' || !coversInternet(ranges)) return [];
    return [
      {
        message: `the API of ${id} answers the whole internet (${ranges.join(', ')})`,
        severity: 'high',
        origin,
        remediation: 'Set endpoint_public_access to false, or name the ranges of the VPN in public_access_cidrs.',
      },
    ];
  });
  const elsewhere = foreign.flatMap(({ id, open, severity, origin }): Finding[] =>
    open === undefined
      ? []
      : [
          {
            message: `${id} ${open}`,
            severity: severity ?? 'critical',
            origin,
            remediation: 'Name the ranges of the VPN or of the application instead.',
          },
        ],
  );
  return {
    findings: [...admin, ...apis, ...elsewhere],
    unclear: [
      ...ajar.flatMap(({ because, ports, protocol, origin }) => {
        const [port] = portsWithin(adminPorts, { ports, protocol });
        return port === undefined ? [] : [{ because: `who may come in on ${port} is not known: ${because}`, origin }];
      }),
      ...clusters.flatMap(({ id, public: told, origin }) =>
        typeof told === 'string' ? [] : [{ because: `${id}: ${told.because}`, origin }],
      ),
      ...foreign.slice(0, 1).map(({ id, cloud, origin }) => ({
        because: `${id} is of ${cloud}, whose networks are not proven here`,
        origin,
      })),
    ],
  };
}
