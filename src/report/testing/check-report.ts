import { sha256 } from '../../model/digest.ts';
import type { CheckReport, CheckRow } from '../../model/report.ts';

const FAILS: readonly CheckRow[] = [
  {
    control: 'disruption-budget',
    subject: 'service/terminal-gateway',
    outcome: 'fail',
    severity: 'critical',
    message: 'The budget allows 0 evictions: minAvailable 2 of 2 replicas, so draining a node never ends.',
    location: { path: 'deploy/base/terminal-gateway/pdb.yaml', line: 9, column: 17 },
    remediation: 'Set minAvailable to 1, or run at least 3 replicas.',
    counterExample: [
      {
        action: 'node-a is drained; terminal-gateway-0 is to be evicted',
        state: '2 of 2 ready, 0 disruptions allowed',
      },
      { action: 'the API server refuses the eviction with 429', state: '2 of 2 ready, 0 disruptions allowed' },
      { action: 'the drain retries until it times out', state: 'node-a is cordoned and never empty' },
    ],
  },
  {
    control: 'no-plaintext-secrets',
    subject: 'repository/this',
    outcome: 'fail',
    severity: 'critical',
    message: 'A Stripe live key stands in clear in a ConfigMap.',
    location: { path: 'deploy/overlays/production/billing-config.yaml', line: 14, column: 21 },
    remediation: 'Revoke the key, move it to an ExternalSecret, and remove it from the history.',
  },
  {
    control: 'rollout-strategy',
    subject: 'service/api',
    outcome: 'fail',
    severity: 'high',
    message: 'maxSurge 0 and maxUnavailable 1 of 1 replica: each rollout takes the service down.',
    location: { path: 'deploy/base/api/deployment.yaml', line: 12, column: 5 },
    remediation: 'Set maxSurge to 1 and maxUnavailable to 0.',
    counterExample: [
      { action: 'a new image is rolled out; the only pod is stopped first', state: '0 of 1 ready' },
      { action: 'the new pod starts and becomes ready after 40 s', state: '1 of 1 ready' },
    ],
  },
  ...['api', 'billing-worker', 'notification-relay'].map((name): CheckRow => ({
    control: 'immutable-images',
    subject: `service/${name}`,
    outcome: 'fail',
    severity: 'high',
    message: `Image registry.internal/${name}:latest can change under the same name.`,
    location: { path: `deploy/base/${name}/deployment.yaml`, line: 24, column: 18 },
    remediation: 'Name the image by digest.',
  })),
  {
    control: 'health-probes',
    subject: 'service/billing-worker',
    outcome: 'fail',
    severity: 'medium',
    message: 'Container worker has no startup probe, and its liveness probe begins after 5 s; start takes 40 s.',
    location: { path: 'deploy/base/billing-worker/deployment.yaml', line: 31, column: 9 },
    remediation: 'Add a startupProbe that allows at least 60 s.',
  },
  {
    control: 'edge-waf',
    subject: 'environment/production',
    outcome: 'fail',
    severity: 'low',
    message: 'No rollback runbook is named for the WAF.',
    remediation: 'Name it in edge.waf.runbook.',
  },
];

const OTHERS: readonly CheckRow[] = [
  {
    control: 'network-default-deny',
    subject: 'service/qdrant',
    outcome: 'inconclusive',
    severity: 'critical',
    message: 'charts/qdrant was not rendered, and a policy in it may isolate the service.',
  },
  {
    control: 'backup-policy',
    subject: 'store/orders',
    outcome: 'error',
    severity: 'critical',
    message: 'the control itself failed: schedule "every night" is not a cron expression',
    location: { path: 'launchgate.yaml', line: 88, column: 17 },
  },
  {
    control: 'edge-tls',
    subject: 'environment/production',
    outcome: 'fail',
    severity: 'high',
    message: 'HSTS is not sent for status.example.com.',
    location: { path: 'deploy/edge/ingress.yaml', line: 7, column: 3 },
    remediation: 'Add the header.',
    ignored: { reason: 'the status page is static and moves in May', until: '2026-06-01' },
  },
  {
    control: 'runbooks',
    subject: 'platform/gpu-cloud',
    outcome: 'fail',
    severity: 'medium',
    message: 'Alert RedisReplicationLag names no runbook.',
    location: { path: 'observability/rules/redis.yaml', line: 40, column: 9 },
    remediation: 'Add a runbook_url annotation.',
    known: true,
  },
  ...['api', 'billing-worker', 'notification-relay'].map((name): CheckRow => ({
    control: 'disruption-budget',
    subject: `service/${name}`,
    outcome: 'pass',
    severity: 'critical',
    message: '3 replicas, the budget allows 1 eviction, a drain of any node ends with 2 ready.',
    witness: {
      summary: '3 replicas, the budget allows 1 eviction, a drain of any node ends with 2 ready.',
      facts: { replicas: 3, allowed: 1, fewestReady: 2 },
    },
  })),
  {
    control: 'edge-routes',
    subject: 'environment/production',
    outcome: 'pass',
    severity: 'critical',
    message: '9 public routes, each declared, live and limited.',
    witness: { summary: '9 public routes, each declared, live and limited.', facts: { routes: 9 } },
  },
];

/** A made-up report with every kind of row in it. */
export const sampleCheck: CheckReport = checkReportOf([...FAILS, ...OTHERS]);

/** The sample's frame around other rows, its summary counted from them. */
export function checkReportOf(findings: readonly CheckRow[], changes: Partial<CheckReport> = {}): CheckReport {
  const judged = findings.filter((row) => row.ignored === undefined && row.known !== true);
  const count = (outcome: CheckRow['outcome']): number => judged.filter((row) => row.outcome === outcome).length;
  return {
    apiVersion: 'launchgate/v1',
    kind: 'CheckReport',
    tool: { name: 'launchgate', version: '0.1.0' },
    platform: { name: 'gpu-cloud', environment: 'production', provisional: true, digest: sha256('platform') },
    assumptions: [
      'Each Deployment and StatefulSet is a service of its own, named after it.',
      'deploy/overlays/production is the environment "production", by its name.',
    ],
    deployables: [
      {
        id: 'kustomize:deploy/overlays/production',
        renderer: 'kustomize',
        path: 'deploy/overlays/production',
        environment: 'production',
        environmentFrom: 'the name of its folder',
        sources: ['deploy/overlays/production/kustomization.yaml'],
        declaredBy: 'deploy/overlays/production/kustomization.yaml',
      },
    ],
    leftOut: [{ path: 'examples/demo.yaml', reason: 'examples are not what runs' }],
    unread: [
      {
        path: 'charts/qdrant',
        deployable: 'helm:charts/qdrant',
        reason: 'helm was not found on PATH, so the chart was not rendered.',
        fix: 'Install helm 3.14 or newer.',
        hides: ['kubernetes'],
      },
      {
        path: 'deploy/base/temporal/config.yaml',
        reason: 'The YAML does not parse: a mapping value is not allowed here.',
        fix: 'Fix the YAML at line 12.',
        hides: ['kubernetes'],
        line: 12,
        column: 8,
      },
    ],
    findings,
    waiting: ['on-call', 'sign-offs'],
    withoutSubject: ['channel-segregation', 'websocket-affinity'],
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      inconclusive: count('inconclusive'),
      error: count('error'),
      controls: new Set(findings.map((row) => row.control)).size,
      subjects: new Set(findings.map((row) => row.subject)).size,
      ignored: findings.length - judged.length,
    },
    ...changes,
  };
}

/** A chart that was not rendered leaves three controls open: about itself, and about a service. One more control has a reason of its own. */
export function leftOpenReport(): CheckReport {
  const message = 'charts/qdrant could not be read: helm was not found on PATH.';
  const rows = ['pod-security', 'health-probes', 'disruption-budget'].flatMap((control) =>
    ['deployable/helm:charts/qdrant', 'service/api'].map((subject): CheckRow => ({
      control,
      subject,
      outcome: 'inconclusive',
      severity: 'high',
      message,
      unread: true,
    })),
  );
  const own: CheckRow = {
    control: 'edge-waf',
    subject: 'environment/production',
    outcome: 'inconclusive',
    severity: 'high',
    message: 'the repository shows nothing public',
  };
  const unread = sampleCheck.unread.slice(0, 1);
  return checkReportOf([...rows, own], { unread });
}

/** Something holds in a folder without a spec from which nothing is deployed. */
export function nothingDeployed(pass: CheckRow): CheckReport {
  const assumptions = ['no launchgate.yaml, and nothing that deploys was found'];
  return checkReportOf([pass], { unread: [], deployables: [], assumptions });
}

/** Names as an attacker would choose them. */
export const hostileRow: CheckRow = {
  control: 'health-probes',
  subject: 'service/a|b`c`@octocat<script>alert(1)</script>',
  outcome: 'fail',
  severity: 'high',
  message:
    'Bad \u001B[31mred\u001B[0m \u202Egnp.exe\u202C name</script><!-- ]]> & "quoted" @everyone #1 https://evil.test \u0000\uD800 **x** | y',
  location: { path: 'dir with space/ünï/100%/a`b|c.yaml', line: 3, column: 2 },
  remediation: 'Rename it <img src=x onerror=alert(1)>.',
  counterExample: [{ action: 'step | `one`\n| injected | row |', state: '</details></svg><script>' }],
};
