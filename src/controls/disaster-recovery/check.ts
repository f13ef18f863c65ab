import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import type { Serving } from '../../proofs/drilling/site.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Recovery, StoreRecovery } from './input.ts';

export interface Params extends Serving {
  readonly maxRpo: string;
  readonly maxRto: string;
  readonly databases: readonly string[];
  readonly minZones: number;
  readonly otherRegion: boolean;
}

export function check(_subject: Subject, input: Recovery, params: Params): Result {
  const findings = [
    ...input.stores.flatMap((store) => [
      ...targetFindings(store, params),
      ...protectionFindings(store),
      ...(params.otherRegion ? copyFindings(store) : []),
    ]),
    ...zoneFindings(input, params),
  ];
  if (findings.length === 0) {
    const open = unclear(input, params);
    if (open !== undefined) return inconclusive(open);
  }
  const copies = input.stores.map(({ name, copies: all, offsite }) => {
    const far = all.find(({ elsewhere }) => elsewhere === 'yes');
    return `${name} in ${far?.region ?? offsite ?? 'no other region'}`;
  });
  return failOr(findings, `RPO and RTO are within bounds; copies: ${copies.join(', ')}`, {
    stores: input.stores.length,
    zones: input.nodes?.zones.length ?? 0,
  });
}

function targetFindings({ name, kind, rpo, rto }: StoreRecovery, { maxRpo, maxRto, databases }: Params): Finding[] {
  const problem = (message: string, remediation: string): Finding => ({
    message: `store ${name} ${message}`,
    severity: 'high',
    remediation,
  });
  return [
    ...(rpo === undefined ? [problem('declares no RPO', 'Declare the largest loss that is accepted as rpo.')] : []),
    ...(rpo !== undefined && databases.includes(kind) && seconds(rpo) > seconds(maxRpo)
      ? [problem(`may lose ${rpo}, and a database at most ${maxRpo}`, 'Archive continuously, and tighten the RPO.')]
      : []),
    ...(rto === undefined ? [problem('declares no RTO', 'Declare the longest time to be back as rto.')] : []),
    ...(rto !== undefined && seconds(rto) > seconds(maxRto)
      ? [
          problem(
            `may take ${rto} to be back, and the platform ${maxRto} in all`,
            'Keep a standby, or restore faster, and tighten the RTO.',
          ),
        ]
      : []),
  ];
}

function protectionFindings({ name, unprotected }: StoreRecovery): Finding[] {
  return unprotected.map(({ id, origin }) => ({
    message: `store ${name}: ${id} may be deleted with one call, because deletion_protection is not true`,
    severity: 'medium',
    origin,
    remediation: 'Set deletion_protection = true.',
  }));
}

function copyFindings(store: StoreRecovery): Finding[] {
  const { name, copies, offsite, rpo } = store;
  const far = copies.filter(({ elsewhere }) => elsewhere === 'yes');
  const [near] = copies.filter(({ elsewhere }) => elsewhere === 'no');
  const slow = far.find(({ lag }) => lag !== undefined && rpo !== undefined && lag > seconds(rpo));
  if (slow !== undefined && far.every(({ lag }) => lag !== undefined))
    return [
      {
        message: `store ${name}: ${slow.what} may lag ${(slow.lag ?? 0) / 60} min behind, and its RPO is ${rpo ?? ''}`,
        severity: 'medium',
        origin: slow.origin,
        remediation: 'Replicate within the RPO, or accept the larger one.',
      },
    ];
  if (far.length > 0 || copies.some(({ elsewhere }) => elsewhere === 'unknown')) return [];
  if (near !== undefined)
    return [
      {
        message: `store ${name}: ${near.what} lies in ${near.region} like the store, and goes down with it`,
        severity: 'high',
        origin: near.origin,
        remediation: 'Keep the copy in another region.',
      },
    ];
  if (offsite !== undefined) return [];
  return [
    {
      message: `store ${name} has no copy in another region`,
      severity: 'high',
      fromAbsence: true,
      remediation: 'Replicate its backups to another region, and name the place as offsite.',
    },
  ];
}

function zoneFindings({ nodes }: Recovery, { minZones }: Params): Finding[] {
  if (nodes === undefined || nodes.unknown || nodes.zones.length >= minZones) return [];
  return [
    {
      message: `all nodes (${nodes.groups.join(', ')}) lie in ${nodes.zones.join(', ')}, and go down with it`,
      severity: 'high',
      origin: nodes.origin,
      remediation: `Give the node groups subnets in at least ${minZones} zones.`,
    },
  ];
}

/** What is said and shown nowhere. Where no Terraform is, what the spec says of copies is taken as said. */
function unclear({ stores, nodes, described, unread }: Recovery, { otherRegion }: Params): string | undefined {
  if (stores.length === 0) return 'the spec names no store, so nothing says what must come back';
  if (nodes?.unknown === true) return `the zones of ${nodes.groups.join(', ')} are not known`;
  if (!otherRegion) return undefined;
  const open = stores.find(({ copies }) => !copies.some(({ elsewhere }) => elsewhere === 'yes'));
  if (open === undefined || (!described && unread === undefined && open.copies.length === 0)) return undefined;
  const [copy] = open.copies;
  if (copy !== undefined)
    return `store ${open.name}: whether ${copy.what} lies in another region is not known (${copy.region})`;
  const why = unread ?? 'no Terraform here shows it';
  return `store ${open.name} says that copies lie in ${open.offsite ?? ''}, and ${why}`;
}
