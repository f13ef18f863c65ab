/** The lab as a target of drills. It enrols itself, for the environment `lab` only. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Capabilities, CapabilityName } from '../../../model/drill/capabilities.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import { LAB } from '../../../model/policy-rules.ts';
import type { ReachInput } from '../../../proofs/reachability/index.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Target, Use } from '../../target.ts';
import { offering, type Offered } from '../offered.ts';
import { labAccess } from './access.ts';
import { labBackups } from './backups/index.ts';
import { labDatabases } from './databases/index.ts';
import { labDeeds } from './deeds.ts';
import { labEdgeControl } from './edge-control.ts';
import { labEdge } from './edge.ts';
import { labEmergency } from './emergency/index.ts';
import { labFaults } from './faults/index.ts';
import { labLoad } from './load.ts';
import { labLogs } from './logs.ts';
import { labMessages } from './messages.ts';
import { labMetrics } from './metrics/index.ts';
import { labPager } from './pager.ts';
import { labParts } from './parts.ts';
import { labPeople } from './people.ts';
import { labProbes } from './probes/index.ts';
import { labSegments } from './segments.ts';
import { labSites } from './sites/index.ts';
import { labTerminals } from './terminals.ts';
import { labTraces } from './traces.ts';
import { labTrust } from './trust/index.ts';
import { labWebhooks } from './webhooks.ts';

/** What the lab offers, each made when it is first asked for. */
const OFFERED: { readonly [N in CapabilityName]?: (open: OpenLab, use: Use) => Capabilities[N] } = {
  access: labAccess,
  backups: labBackups,
  databases: labDatabases,
  deeds: labDeeds,
  edge: labEdge,
  edgeControl: labEdgeControl,
  emergency: labEmergency,
  faults: labFaults,
  load: labLoad,
  logs: labLogs,
  messages: labMessages,
  metrics: labMetrics,
  pager: labPager,
  parts: labParts,
  people: labPeople,
  probes: labProbes,
  sites: labSites,
  terminals: labTerminals,
  traces: labTraces,
  trust: labTrust,
  webhooks: labWebhooks,
};

/** `policies` reads the network policies of the platform that the lab stands for. */
export function labTarget(open: OpenLab, policies: () => Promise<ReachInput> = unknownPolicies): Target {
  const offered: Offered = {
    ...(Object.fromEntries(
      Object.entries(OFFERED).map(([name, make]) => [name, (use: Use) => make(open, use)]),
    ) as Offered),
    segments: (use) => labSegments(use, policies),
  };
  return { environment: LAB, identity: labIdentity(open), ...offering(LAB, offered), close: () => Promise.resolve() };
}

/** The machine, the folder and the lab that was made there: another lab, or a copy of its files elsewhere, is another target. */
function labIdentity({ lab }: OpenLab): string {
  const machine = readFileSync('/etc/machine-id', 'utf8').trim();
  return `lab:${createHash('sha256')
    .update(JSON.stringify([machine, lab.directory, lab.id]))
    .digest('hex')
    .slice(0, 32)}`;
}

function unknownPolicies(): Promise<never> {
  return Promise.reject(new CannotTell('the policies of the platform are not known here'));
}
