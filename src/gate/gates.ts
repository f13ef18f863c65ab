import type { ControlMeta } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import { LAB } from '../model/policy-rules.ts';
import { gateSchema, type GateDefinition, type Policy, type TrackRequirement } from '../model/policy.ts';

/** Where a built-in gate is decided, and whose evidence may serve there. */
export interface GateScope {
  readonly environment: string;
  readonly evidenceFrom?: readonly string[];
}

/** The operational tracks that run beside feature work; a spec's track is matched to them by id, number or title. */
const OPS_TRACKS = [
  ['slo-and-alert-pack', 'SLO and alert pack', 'OT1'],
  ['runbooks-and-on-call-readiness', 'Runbooks and on-call readiness', 'OT2'],
  ['backup-restore-and-dr-validation', 'Backup, restore and DR validation', 'OT3'],
  ['secrets-and-key-operations', 'Secrets and key operations', 'OT4'],
  ['east-west-security-and-certificate-lifecycle', 'East/west security and certificate lifecycle', 'OT5'],
  ['capacity-and-load-baseline', 'Capacity and load baseline', 'OT6'],
  ['security-verification-pipeline', 'Security verification pipeline', 'OT7'],
  ['environment-parity-and-config-governance', 'Environment parity and config governance', 'OT8'],
  ['audit-and-compliance-operations', 'Audit and compliance operations', 'OT9'],
  ['cost-observability-and-budget-guardrails', 'Cost observability and budget guardrails', 'OT10'],
  ['terminal-gateway-rollout', 'Terminal gateway ingress and network policy rollout', 'OT11'],
] as const;

function tracks(sources: readonly string[], atLeast: TrackRequirement['atLeast']): TrackRequirement[] {
  return OPS_TRACKS.filter(([, , source]) => sources.includes(source)).map(([id, title, source]) => ({
    id,
    title,
    source,
    controls: [],
    atLeast,
  }));
}

const MUST_BE_DONE = ['OT1', 'OT2', 'OT3', 'OT4', 'OT5'];
const MUST_BE_UNDER_WAY = ['OT6', 'OT7', 'OT8', 'OT9', 'OT10'];

/** Who reviews a launch: infrastructure code, the recovery drill, the alert test, and the whole. */
const LAUNCH_SIGN_OFFS: GateDefinition['signOffs'] = [
  { topic: 'infrastructure', roles: ['security-lead', 'sre-lead'], controls: ['sign-offs', 'infrastructure-plan'] },
  { topic: 'disaster-recovery', roles: ['sre-lead', 'lead-architect'], controls: ['sign-offs'] },
  { topic: 'alert-test', roles: ['on-call-lead'], controls: ['sign-offs'] },
  { topic: 'everything', roles: ['qa-lead'], controls: ['sign-offs'] },
];

/** Everything that the public launch requires, with evidence from staging. */
export function publicLaunch({ environment, evidenceFrom }: GateScope): GateDefinition {
  return gateSchema.parse({
    name: 'public-launch',
    environment,
    evidenceFrom: evidenceFrom ?? (environment === 'staging' ? [] : ['staging']),
    requires: [{ launch: true }, { sources: MUST_BE_DONE }],
    tracks: [...tracks(MUST_BE_DONE, 'done'), ...tracks(MUST_BE_UNDER_WAY, 'in_progress')],
    signOffs: LAUNCH_SIGN_OFFS,
  });
}

/** A step from one environment to the next: rehearsed there, and with the tracks whose target is that step. */
export function promote({ environment, evidenceFrom = [] }: GateScope): GateDefinition {
  const due = environment === 'production' ? ['OT5'] : ['OT3', 'OT8'];
  const rehearsed = ['promotion-gate', 'rollback-rehearsal', 'immutable-images', 'vulnerability-policy'];
  return gateSchema.parse({
    name: 'promote',
    environment,
    evidenceFrom,
    requires: [
      { controls: environment === 'production' ? [...rehearsed, 'manual-approval'] : rehearsed },
      { sources: due },
    ],
    tracks: tracks(due, 'done'),
  });
}

/** Terminal traffic moves to its own gateway. */
export function terminalCutover({ environment, evidenceFrom = [] }: GateScope): GateDefinition {
  return gateSchema.parse({
    name: 'terminal-cutover',
    environment,
    evidenceFrom: evidenceFrom.length > 0 || environment === 'staging' ? evidenceFrom : ['staging'],
    requires: [{ sources: ['OT11'] }, { controls: ['stream-drain', 'websocket-affinity'] }],
    tracks: tracks(['OT11'], 'done'),
  });
}

/** What the lab can drill, decided for the lab and for nothing else. */
export function labRehearsal(drillable: readonly string[]): GateDefinition {
  return gateSchema.parse({
    name: 'lab-rehearsal',
    environment: LAB,
    requires: [{ controls: drillable, halves: ['drill'] }],
  });
}

/** What finding a gate by name needs besides the policy. */
export interface GateLookup {
  readonly catalog: readonly ControlMeta[];
  /** For which environment; the policy's only gate of that name, or production, by default. */
  readonly environment?: string;
  /** For `promote`: the environment it starts from. */
  readonly from?: string;
  /** Controls whose drill runs in the lab. */
  readonly labDrills?: readonly string[];
}

/** The gate of a name: the policy's own where it defines one, else the built-in. Throws `not-found`. */
export function findGate(policy: Policy, name: string, lookup: GateLookup): GateDefinition {
  const own = policy.gates.filter((gate) => gate.name === name);
  const only = own.length === 1 ? own[0]?.environment : undefined;
  const environment = lookup.environment ?? only ?? 'production';
  const match = own.find((gate) => gate.environment === environment);
  if (lookup.from !== undefined) demandPromotion(name, match, environment, lookup.from);
  if (match !== undefined) return match;
  const scope = { environment, ...(lookup.from === undefined ? {} : { evidenceFrom: [lookup.from] }) };
  switch (name) {
    case 'public-launch':
      return publicLaunch({ environment });
    case 'promote':
      return promote(scope);
    case 'terminal-cutover':
      return terminalCutover({ environment });
    case 'lab-rehearsal':
      if (environment !== LAB && lookup.environment !== undefined)
        throw new LaunchgateError('usage', `lab-rehearsal decides for ${LAB}, and for ${environment} never`, {
          next: `Leave --environment out, or name ${LAB}.`,
        });
      return labRehearsal(lookup.labDrills ?? drillsOf(lookup.catalog));
    default:
      throw own.length > 0 ? elsewhereOnly(name, environment, own) : unknownGate(policy, name);
  }
}

/** Taken and not looked at, `--from` would seem to have been heeded. */
function demandPromotion(name: string, own: GateDefinition | undefined, environment: string, from: string): void {
  if (name === 'promote' && own === undefined && from !== environment) return;
  const because =
    own !== undefined
      ? `the policy says where the evidence of ${name} for ${environment} may come from`
      : name === 'promote'
        ? `a promotion to ${environment} does not start from ${environment}`
        : `--from is for promote, and the gate is ${name}`;
  throw new LaunchgateError('usage', because, { next: 'Leave --from out, or name another environment.' });
}

function drillsOf(catalog: readonly ControlMeta[]): string[] {
  return catalog.filter(({ halves }) => halves.includes('drill')).map(({ id }) => id);
}

function elsewhereOnly(name: string, environment: string, own: readonly GateDefinition[]): LaunchgateError {
  const known = own.map((gate) => gate.environment).join(', ');
  return new LaunchgateError('not-found', `the policy defines gate ${name} for ${known}, not for ${environment}`, {
    next: 'Name one of them with --environment, or define it in the policy.',
  });
}

/** Gates that are there without a policy of one's own. */
export const BUILT_IN_GATES = ['public-launch', 'promote', 'terminal-cutover', 'lab-rehearsal'] as const;

function unknownGate(policy: Policy, name: string): LaunchgateError {
  const known = [...BUILT_IN_GATES, ...policy.gates.map((g) => g.name)];
  return new LaunchgateError('not-found', `no gate is called ${name}`, {
    next: `Use one of ${[...new Set(known)].join(', ')}, or define it in the policy.`,
  });
}
