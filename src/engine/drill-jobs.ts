/**
 * The drill calendar as Kubernetes objects: a CronJob for each scheduled drill, and a suspended Job that runs all of them once. The image holds
 * the launchgate package and, in /platform, the platform's repository; settings and key come from two Secrets that the operator makes. Which
 * policy is to be believed comes from a ConfigMap: neither the image nor the ledger on the volume may say that of themselves.
 */
import { hash } from 'node:crypto';
import { stringify } from 'yaml';
import { seconds } from '../model/duration.ts';
import type { Spec } from '../model/spec.ts';

const DAY = 24 * 3600;
const NAME = 'launchgate-drills';
/** Longest that a drill may take there. Then Kubernetes ends it by SIGTERM, at which it takes everything back. */
const DEADLINE_SECONDS = 3600;
/** Longer than one undo may take. A watchdog would die with the pod; what is left even so is taken back by the next start, from the volume. */
const GRACE_SECONDS = 240;
const HOME = '/home/launchgate';
const PIN = `${NAME}-pin`;

/** Which policy and which log are believed. */
export interface Pin {
  readonly policyRoot: string;
  readonly logKeys: readonly string[];
}

export interface JobOptions {
  /** Environment that is drilled. */
  readonly environment: string;
  /** Named by digest, so that what drills cannot change unseen. */
  readonly image: string;
  readonly namespace: string;
  /** What this machine pins; without it the ConfigMap is left to the operator. */
  readonly pin?: Pin;
}

/** The objects as one YAML file. `drills`: ids of the controls that have a drill; entries of the calendar that are none of them are for people. */
export function drillJobs(spec: Spec, drills: readonly string[], options: JobOptions): string {
  const scheduled = spec.drills.filter(({ drill }) => drills.includes(drill));
  const objects = [
    ...access(options),
    ...(options.pin === undefined ? [] : [pinMap(options.pin, options)]),
    ...scheduled.map(({ drill, every }) => cronJob(drill, cronOf(drill, every), options)),
    suspendedJob(
      scheduled.map(({ drill }) => drill),
      options,
    ),
  ];
  return objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join('');
}

/**
 * A schedule that comes at least as often as `every`: daily, weekly, monthly, each quarter. The minute, hour and day follow from the name, so
 * that no two drills of one target begin together and the file does not change from one writing to the next.
 */
export function cronOf(drill: string, every: string): string {
  const seed = Number.parseInt(hash('sha256', drill, 'hex').slice(0, 8), 16);
  const [minute, hour, day, weekday] = [seed % 60, 1 + (seed % 5), 1 + (seed % 28), seed % 7];
  const days = seconds(every) / DAY;
  if (days >= 92) return `${minute} ${hour} ${day} */3 *`;
  if (days >= 31) return `${minute} ${hour} ${day} * *`;
  if (days >= 7) return `${minute} ${hour} * * ${weekday}`;
  if (days >= 1) return `${minute} ${hour} * * *`;
  return `${minute} * * * *`;
}

/** Reading the UID of kube-system is how a drill knows which cluster it is in; it may do nothing else. */
function access({ namespace }: JobOptions): object[] {
  const metadata = { name: NAME, labels: labels() };
  const subject = { kind: 'ServiceAccount', name: NAME, namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata, namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [subject],
    },
  ];
}

function cronJob(drill: string, schedule: string, options: JobOptions): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `drill-${drill}`, namespace: options.namespace, labels: labels() },
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: jobSpec([drill], options) },
    },
  };
}

function suspendedJob(drills: readonly string[], options: JobOptions): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'drill-all', namespace: options.namespace, labels: labels() },
    spec: { suspend: true, ...jobSpec(drills.length > 0 ? drills : ['--all'], options) },
  };
}

/** A drill that failed is not tried again by itself: its result is the answer. */
function jobSpec(drills: readonly string[], { environment, image }: JobOptions): object {
  const settings = `LAUNCHGATE_TARGET_${environment.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: DEADLINE_SECONDS,
    template: {
      metadata: { labels: labels() },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: NAME,
        terminationGracePeriodSeconds: GRACE_SECONDS,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10_001,
          fsGroup: 10_001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'drill',
            image,
            workingDir: '/platform',
            args: ['drill', 'run', ...drills, '--target', environment, '--key', 'drills'],
            env: [
              { name: settings, value: '/etc/launchgate/settings.yaml' },
              { name: 'LAUNCHGATE_HOME', value: HOME },
              pinned('LAUNCHGATE_POLICY_ROOT', 'policyRoot'),
              pinned('LAUNCHGATE_LOG_KEYS', 'logKeys'),
            ],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '1Gi' } },
            volumeMounts: [
              { name: 'settings', mountPath: '/etc/launchgate', readOnly: true },
              { name: 'home', mountPath: HOME },
              { name: 'key', mountPath: `${HOME}/keys`, readOnly: true },
              { name: 'results', mountPath: '/platform/.launchgate' },
              { name: 'scratch', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'settings', secret: { secretName: `${NAME}-settings`, defaultMode: 0o440 } },
          { name: 'key', secret: { secretName: `${NAME}-key`, defaultMode: 0o400 } },
          { name: 'home', emptyDir: {} },
          { name: 'results', persistentVolumeClaim: { claimName: `${NAME}-results` } },
          { name: 'scratch', emptyDir: {} },
        ],
      },
    },
  };
}

function pinned(name: string, key: string): object {
  return { name, valueFrom: { configMapKeyRef: { name: PIN, key } } };
}

function pinMap({ policyRoot, logKeys }: Pin, { namespace }: JobOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: PIN, namespace, labels: labels() },
    data: { policyRoot, logKeys: logKeys.join('\n') },
  };
}

function labels(): Record<string, string> {
  return { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/managed-by': 'launchgate' };
}
