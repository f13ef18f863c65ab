/** Availability of workloads: replicas, budgets, spread, probes, shutdown, delivery. */
import { REMOVED, SAME, type ObjectOperator } from '../types.ts';

const SCALED = ['Deployment', 'Rollout', 'StatefulSet'];
const POD = 'spec.template.spec';

export const workloadOperators: readonly ObjectOperator[] = [
  {
    name: 'budget lets no pod go',
    controls: ['disruption-budget'],
    kinds: ['PodDisruptionBudget'],
    at: 'spec.maxUnavailable',
    to: 0,
  },
  {
    name: 'budget removed',
    controls: ['disruption-budget'],
    kinds: ['PodDisruptionBudget'],
    only: /^(?:api|console|billing|nats|postgres|redis|ingress|egress|pgbouncer|terminal|notification)/,
    to: REMOVED,
  },
  {
    name: 'budget keeps every pod',
    controls: ['disruption-budget'],
    kinds: ['PodDisruptionBudget'],
    to: (_value: unknown, body: Record<string, unknown>) => ({
      ...body,
      spec: { ...(body['spec'] as object), maxUnavailable: undefined, minAvailable: '100%' },
    }),
  },
  {
    name: 'autoscaler may go down to one pod',
    controls: ['disruption-budget', 'replica-spread'],
    kinds: ['HorizontalPodAutoscaler'],
    at: 'spec.minReplicas',
    to: 1,
  },
  {
    name: 'autoscaler removed',
    controls: ['resources-and-autoscaling', 'disruption-budget', 'replica-spread'],
    kinds: ['HorizontalPodAutoscaler'],
    to: REMOVED,
  },
  {
    name: 'rollout takes ready pods away',
    controls: ['rollout-strategy'],
    kinds: ['Rollout'],
    at: 'spec.strategy.canary.maxUnavailable',
    to: '50%',
  },
  {
    name: 'spread over zones removed',
    controls: ['replica-spread'],
    kinds: SCALED,
    at: `${POD}.topologySpreadConstraints`,
    to: REMOVED,
  },
  {
    name: 'spread over zones made a wish',
    controls: ['replica-spread'],
    kinds: SCALED,
    at: `${POD}.topologySpreadConstraints.*`,
    to: (value: Record<string, unknown>) =>
      value['whenUnsatisfiable'] === 'DoNotSchedule' ? { ...value, whenUnsatisfiable: 'ScheduleAnyway' } : SAME,
  },
  {
    name: 'spread selects other pods',
    controls: ['replica-spread'],
    kinds: SCALED,
    at: `${POD}.topologySpreadConstraints.*`,
    to: (value: Record<string, unknown>) =>
      value['whenUnsatisfiable'] === 'DoNotSchedule'
        ? { ...value, labelSelector: { matchLabels: { app: 'another' } } }
        : SAME,
  },
  {
    name: 'readiness probe removed',
    controls: ['health-probes'],
    kinds: ['Rollout'],
    at: `${POD}.containers.*.readinessProbe`,
    to: REMOVED,
  },
  {
    name: 'liveness probe removed',
    controls: ['health-probes'],
    kinds: ['Rollout'],
    at: `${POD}.containers.*.livenessProbe`,
    to: REMOVED,
  },
  {
    name: 'probe on a port that does not exist',
    controls: ['health-probes'],
    kinds: ['Rollout', 'Deployment'],
    at: `${POD}.containers.*.readinessProbe.httpGet.port`,
    to: 'nowhere',
  },
  {
    name: 'no time to end',
    controls: ['graceful-shutdown', 'stream-drain'],
    kinds: ['Rollout'],
    only: /^(?:api|console|terminal-gateway)$/,
    at: `${POD}.terminationGracePeriodSeconds`,
    to: 10,
  },
  {
    name: 'waiting before the end removed',
    controls: ['graceful-shutdown', 'stream-drain'],
    kinds: ['Rollout'],
    only: /^(?:api|console|terminal-gateway)$/,
    at: `${POD}.containers.*.lifecycle`,
    to: REMOVED,
  },
  {
    name: 'requests removed',
    controls: ['resources-and-autoscaling'],
    kinds: [...SCALED, 'DaemonSet'],
    at: `${POD}.containers.*.resources.requests`,
    to: REMOVED,
  },
  {
    name: 'image by a moving tag',
    controls: ['immutable-images'],
    kinds: [...SCALED, 'DaemonSet'],
    at: `${POD}.containers.*.image`,
    to: (image: string) => image.replace(/[@:][^/]*$/, ':latest'),
  },
  {
    name: 'container may be root',
    controls: ['pod-security'],
    kinds: ['Rollout'],
    at: `${POD}.securityContext.runAsNonRoot`,
    to: false,
  },
  {
    name: 'privileges may grow',
    controls: ['pod-security'],
    kinds: ['Rollout'],
    at: `${POD}.containers.*.securityContext.allowPrivilegeEscalation`,
    to: true,
  },
  {
    name: 'canary starts at half of the traffic',
    controls: ['progressive-delivery'],
    kinds: ['Rollout'],
    at: 'spec.strategy.canary.steps.0.setWeight',
    to: 50,
  },
  {
    name: 'canary without analysis',
    controls: ['progressive-delivery'],
    kinds: ['Rollout'],
    at: 'spec.strategy.canary.steps',
    to: (steps: Record<string, unknown>[]) => steps.filter((step) => step['analysis'] === undefined),
  },
  {
    name: 'analysis passes without data',
    controls: ['progressive-delivery'],
    kinds: ['AnalysisTemplate'],
    at: 'spec.metrics.*.successCondition',
    to: (condition: string) =>
      condition.replace('len(result) > 0 &&', 'len(result) == 0 ||').replace('!isNaN(result[0]) &&', ''),
  },
  {
    name: 'analysis never halts',
    controls: ['progressive-delivery'],
    kinds: ['AnalysisTemplate'],
    at: 'spec.metrics.*.failureLimit',
    to: 1000,
  },
  {
    name: 'analysis of errors removed',
    controls: ['progressive-delivery'],
    kinds: ['AnalysisTemplate'],
    at: 'spec.metrics',
    to: (metrics: unknown[]) => metrics.slice(1),
  },
  {
    name: 'analysis of latency removed',
    controls: ['progressive-delivery'],
    kinds: ['AnalysisTemplate'],
    at: 'spec.metrics',
    to: (metrics: unknown[]) => metrics.slice(0, 1),
  },
  {
    name: 'terminal route without a long timeout',
    controls: ['websocket-affinity'],
    kinds: ['Ingress'],
    only: /^terminal$/,
    at: 'metadata.annotations.[nginx.ingress.kubernetes.io/proxy-read-timeout]',
    to: '30',
  },
  {
    name: 'event stream cut before its ping',
    controls: ['websocket-affinity', 'edge-limits'],
    kinds: ['Ingress'],
    only: /^api-events$/,
    at: 'metadata.annotations.[nginx.ingress.kubernetes.io/proxy-read-timeout]',
    to: '10',
  },
  {
    name: 'autoscaler beyond what the database takes',
    controls: ['connection-budget', 'capacity-baseline'],
    kinds: ['HorizontalPodAutoscaler'],
    only: /^(?:api|billing-worker)$/,
    at: 'spec.maxReplicas',
    to: 400,
  },
];
