import type { Query, Subject } from '../../model/control.ts';
import { cursor, workloadName } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { workloadsOf } from '../../model/subjects.ts';
import { violations } from './standard.ts';
import type { Violation } from './violation.ts';

const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
type Level = (typeof LEVELS)[number];

interface PodSecurity {
  readonly workload: string;
  readonly kind: string;
  readonly namespace: string;
  /** `pod-security.kubernetes.io/enforce` of its Namespace manifest; undefined where the label or the manifest is missing. */
  readonly enforced?: At<string>;
  /** Its Namespace manifest; undefined where that is not in the repository. */
  readonly manifest?: { readonly origin: Origin };
  readonly violations: readonly Violation[];
}

interface Params {
  readonly level: 'baseline' | 'restricted';
  readonly enforce: Level;
  readonly exempt: readonly string[];
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const VERSION = 'pod-security.kubernetes.io/enforce-version';

export function podSecurity(subject: Subject): Query<PodSecurity[]> {
  return (view) =>
    workloadsOf(view, subject).map((workload) => {
      const namespace = view.objects('Namespace').find((object) => object.name === workload.namespace);
      const labels = namespace === undefined ? undefined : cursor(namespace).get('metadata', 'labels');
      const label = labels?.get(ENFORCE);
      const enforced = label?.string();
      const version = /^v1\.(\d{1,3})$/.exec(labels?.get(VERSION).string() ?? '')?.[1];
      return {
        workload: workloadName(workload),
        kind: workload.kind,
        namespace: workload.namespace,
        ...(namespace === undefined ? {} : { manifest: { origin: namespace.origin } }),
        ...(enforced === undefined || label === undefined ? {} : { enforced: label.at(enforced) }),
        violations: violations(workload, version === undefined ? undefined : Number(version)),
      };
    });
}

export function check(_subject: Subject, pods: PodSecurity[], params: Params): Result {
  if (pods.length === 0) return inconclusive('the service has no workload to look at');
  const findings = pods.flatMap((pod) => [...admission(pod, params), ...podFindings(pod, params)]);
  const [doubt] = pods.flatMap((pod) => doubts(pod, params));
  if (findings.length === 0 && doubt !== undefined) return inconclusive(doubt);
  const enforced = pods.filter((pod) => pod.enforced !== undefined).length;
  return failOr(
    findings,
    `${pods.length} workloads meet ${params.level}; the namespaces of ${enforced} enforce a level`,
    { workloads: pods.length, enforced },
  );
}

/** Without enforcement the next manifest is not held to anything. Judged only where the Namespace is in the repository. */
function admission({ namespace, manifest, enforced }: PodSecurity, params: Params): Finding[] {
  if (manifest === undefined || params.enforce === 'privileged') return [];
  const level = enforced?.value;
  if (level !== undefined && LEVELS.indexOf(level as Level) >= LEVELS.indexOf(params.enforce)) return [];
  return [
    {
      message:
        level === undefined
          ? `namespace ${namespace} enforces no Pod Security Standard`
          : `namespace ${namespace} enforces ${level}, less than ${params.enforce}`,
      severity: 'medium',
      origin: enforced?.origin ?? manifest.origin,
      remediation: `Label the Namespace ${ENFORCE}: ${params.enforce}.`,
    },
  ];
}

/** One finding for each broken baseline rule; the restricted rules that a workload misses make one together. */
function podFindings(pod: PodSecurity, params: Params): Finding[] {
  const held = heldAgainst(pod, params).filter(({ before }) => before === undefined);
  const baseline = held.filter(({ level }) => level === 'baseline').map((violation) => baselineFinding(pod, violation));
  const restricted = held.filter(({ level }) => level === 'restricted');
  const [first] = restricted;
  if (first === undefined) return baseline;
  const remedies = [...new Set(restricted.map(({ rule }) => REMEDY[rule] ?? 'Bring the pod to the restricted level.'))];
  return [
    ...baseline,
    {
      message: `${pod.workload} misses the restricted level: ${restricted.map(({ found }) => found.value).join('; ')}`,
      severity: 'medium',
      origin: first.found.origin,
      remediation: remedies.join(' '),
    },
  ];
}

/** What a user namespace of the pod's own makes up for, in one version of the policy and not in another. */
function doubts(pod: PodSecurity, params: Params): string[] {
  return heldAgainst(pod, params).flatMap(({ found, before }) =>
    before === undefined
      ? []
      : `${found.value}, in ${pod.workload}: hostUsers: false makes up for it from version ${before} of the policy on, and no label ${VERSION} tells the version`,
  );
}

function heldAgainst({ violations }: PodSecurity, { level, exempt }: Params): Violation[] {
  return violations.filter(
    (violation) => (level === 'restricted' || violation.level === 'baseline') && !exempt.includes(violation.rule),
  );
}

function baselineFinding(pod: PodSecurity, { rule, found }: Violation): Finding {
  return {
    message: `${found.value}, in ${pod.workload} (baseline: ${rule})`,
    severity: 'high',
    origin: found.origin,
    remediation: 'Remove it, or move what needs it into a namespace and service account of its own.',
  };
}

const REMEDY: Readonly<Record<string, string>> = {
  'running as non-root':
    'Set securityContext.runAsNonRoot: true, and a numeric runAsUser where the image names a user.',
  'running as non-root user': 'Run as a user other than 0.',
  'privilege escalation': 'Set securityContext.allowPrivilegeEscalation: false.',
  seccomp: 'Set securityContext.seccompProfile.type: RuntimeDefault.',
  'dropped capabilities': 'Set securityContext.capabilities.drop: [ALL] and add back NET_BIND_SERVICE only.',
  capabilities: 'Add back NET_BIND_SERVICE only.',
  '/proc mount': 'Leave procMount at Default.',
  'volume types': 'Use a volume type of the restricted level, a persistentVolumeClaim for instance.',
};
