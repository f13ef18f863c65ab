import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import type { PlatformFacts, Service } from '../../model/platform.ts';
import { specSchema, type Spec } from '../../model/spec.ts';
import { resolve } from './index.ts';

async function factsOf(yaml: string, spec?: Spec): Promise<PlatformFacts> {
  return resolve(await discoverFiles({ 'k8s/a.yaml': yaml }, { spec }), spec, undefined);
}

function known(facts: PlatformFacts): Record<string, string[] | Service['unknown']> {
  return Object.fromEntries(
    facts.services.map(({ name, workloads, unknown }) => [name, unknown ?? workloads.map(({ kind }) => kind)]),
  );
}

const pods = 'template: { spec: { containers: [{ name: main, image: x:1 }] } }';
const object = (apiVersion: string, kind: string, name: string, spec: string): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;

describe('pods of other kinds', () => {
  it.each([
    ['serving.knative.dev/v1', 'Service', `{ ${pods} }`, false],
    ['apps.openshift.io/v1', 'DeploymentConfig', `{ replicas: 2, ${pods} }`, false],
    ['apps.kruise.io/v1alpha1', 'Deployment', `{ ${pods} }`, false],
    ['keda.sh/v1alpha1', 'ScaledJob', `{ jobTargetRef: { ${pods} } }`, true],
    ['kubeflow.org/v1', 'PyTorchJob', `{ pytorchReplicaSpecs: { Worker: { ${pods} } } }`, true],
    ['argoproj.io/v1alpha1', 'Workflow', '{ templates: [{ name: a, container: { image: x:1 } }] }', true],
    ['argoproj.io/v1alpha1', 'CronWorkflow', '{ workflowSpec: { templates: [{ script: { image: x:1 } }] } }', true],
    ['tekton.dev/v1', 'Task', '{ steps: [{ name: a, image: x:1, script: make }] }', true],
    ['tekton.dev/v1beta1', 'ClusterTask', '{ steps: [{ image: x:1 }] }', true],
    ['tekton.dev/v1', 'TaskRun', '{ taskRef: { name: a } }', true],
    ['tekton.dev/v1', 'Pipeline', '{ tasks: [{ name: a, taskRef: { resolver: hub } }] }', true],
    ['tekton.dev/v1', 'PipelineRun', '{ pipelineRef: { name: a } }', true],
    [
      'triggers.tekton.dev/v1beta1',
      'TriggerTemplate',
      '{ resourcetemplates: [{ kind: TaskRun, spec: { taskSpec: { steps: [{ image: x:1 }] } } }] }',
      true,
    ],
  ])('%s %s is a service of which nothing can be told', async (apiVersion, kind, spec, ends) => {
    const facts = await factsOf(deployment('web') + object(apiVersion, kind, 'odd', spec));
    const because = `${kind} shop/odd of ${apiVersion} makes pods, and those of its kind are not read here`;
    expect(known(facts)).toEqual({
      web: ['Deployment'],
      odd: { because, origin: { path: 'k8s/a.yaml', document: 1 }, ends },
    });
    expect(facts.gaps).toMatchObject([
      { path: 'k8s/a.yaml', line: 17, deployable: 'plain:k8s', subject: 'service/odd', reason: because },
    ]);
  });

  it.each([
    ['kyverno.io/v1', 'ClusterPolicy', `{ rules: [{ mutate: { patchStrategicMerge: { spec: { ${pods} } } } }] }`],
    ['cluster.x-k8s.io/v1beta1', 'MachineDeployment', '{ template: { spec: { clusterName: a } } }'],
    ['triggers.tekton.dev/v1beta1', 'EventListener', '{ triggers: [{ template: { ref: a } }] }'],
    ['argoproj.io/v1alpha1', 'CustomRollout', '{ steps: [{ setWeight: 10 }] }'],
    ['postgresql.cnpg.io/v1', 'Pooler', '{ template: { spec: { containers: [] } } }'],
    ['v1', 'PodTemplate', `{ ${pods} }`],
    [
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      '{ nodeSets: [{ podTemplate: { spec: { containers: [{ name: a }] } } }] }',
    ],
  ])('%s %s makes none, or none that it describes', async (apiVersion, kind, spec) => {
    const facts = await factsOf(object(apiVersion, kind, 'odd', spec));
    expect([facts.services, facts.gaps]).toEqual([[], []]);
  });

  it('are those of the service of the spec that has their name', async () => {
    const spec = specSchema.parse({
      apiVersion: 'launchgate/v1',
      kind: 'Platform',
      name: 'shop',
      environments: [{ name: 'production', kind: 'production' }],
      services: [{ name: 'odd' }],
    });
    const facts = await factsOf(object('serving.knative.dev/v1', 'Service', 'odd', `{ ${pods} }`), spec);
    expect(facts.services).toMatchObject([{ name: 'odd', declared: true, unknown: { ends: false } }]);
    expect(facts.gaps).toHaveLength(1);
  });
});

describe('workloads in versions that Kubernetes took once', () => {
  it.each([
    ['extensions/v1beta1', 'Deployment', '1.16'],
    ['apps/v1beta2', 'StatefulSet', '1.16'],
    ['batch/v1beta1', 'CronJob', '1.25'],
  ])('are judged, and %s is named', async (apiVersion, kind, since) => {
    const facts = await factsOf(
      object(apiVersion, kind, 'old', kind === 'CronJob' ? `{ jobTemplate: { spec: { ${pods} } } }` : `{ ${pods} }`),
    );
    expect(known(facts)).toEqual({ old: [kind] });
    expect(facts.gaps).toMatchObject([
      { subject: 'service/old', reason: `${kind} shop/old: Kubernetes ${since} and newer refuse ${apiVersion}` },
    ]);
  });

  it('are judged, and one that never was is named too', async () => {
    const facts = await factsOf(object('apps/v3', 'Deployment', 'odd', `{ ${pods} }`));
    expect(known(facts)).toEqual({ odd: ['Deployment'] });
    expect(facts.gaps).toMatchObject([{ reason: 'Deployment shop/odd: Kubernetes refuses apps/v3' }]);
  });

  it('and a ReplicationController is a workload like any other', async () => {
    const facts = await factsOf(object('v1', 'ReplicationController', 'rc', `{ selector: { a: b }, ${pods} }`));
    expect(known(facts)).toEqual({ rc: ['ReplicationController'] });
    expect(facts.gaps).toEqual([]);
  });
});

describe('workloads whose pods Kubernetes would refuse, or never start', () => {
  const job = (spec: string): string => `jobTemplate: { spec: { template: { spec: { ${spec} } } } }`;
  const containers = 'containers: [{ name: main, image: x:1 }]';
  it.each([
    ['Job', `{ ${pods} }`, 'Kubernetes refuses restartPolicy Always, the default, for its pods'],
    [
      'CronJob',
      `{ schedule: "@daily", ${job(`restartPolicy: Always, ${containers}`)} }`,
      'Kubernetes refuses restartPolicy Always for its pods',
    ],
    [
      'CronJob',
      `{ schedule: "61 * * * *", ${job(`restartPolicy: Never, ${containers}`)} }`,
      'its schedule "61 * * * *" is none that Kubernetes takes, or one that never comes',
    ],
    [
      'CronJob',
      `{ schedule: "0 0 31 2 *", ${job(`restartPolicy: Never, ${containers}`)} }`,
      'its schedule "0 0 31 2 *" is none that Kubernetes takes, or one that never comes',
    ],
    [
      'Deployment',
      `{ template: { spec: { restartPolicy: Never, ${containers} } } }`,
      'Kubernetes refuses restartPolicy Never for its pods',
    ],
  ])('%s %s', async (kind, spec, reason) => {
    const facts = await factsOf(object(kind === 'Deployment' ? 'apps/v1' : 'batch/v1', kind, 'odd', spec));
    expect(facts.gaps).toMatchObject([{ subject: 'service/odd', reason: `${kind} shop/odd: ${reason}` }]);
  });

  it('and those it takes', async () => {
    const facts = await factsOf(
      object('batch/v1', 'Job', 'once', `{ template: { spec: { restartPolicy: OnFailure, ${containers} } } }`) +
        object(
          'batch/v1',
          'CronJob',
          'often',
          `{ schedule: "*/5 * * * *", ${job(`restartPolicy: Never, ${containers}`)} }`,
        ) +
        object('apps/v1', 'DaemonSet', 'always', `{ template: { spec: { restartPolicy: Always, ${containers} } } }`),
    );
    expect(facts.gaps).toEqual([]);
  });
});

describe('values that are filled in when they are deployed', () => {
  it('are not said to be refused', async () => {
    const because = (field: string, variable: string, expected: string): string =>
      `${field} is the string "${variable}", expected ${expected}; it is filled in when it is deployed, with what is not known here`;
    const facts = await factsOf(
      object('apps/v1', 'Deployment', 'api', `{ template: { spec: { hostNetwork: "\${HOST}", containers: [] } } }`) +
        object('rbac.authorization.k8s.io/v1', 'Role', 'odd', '{}').replace('spec: {}', 'rules: "${RULES}"'),
    );
    expect(facts.gaps).toMatchObject([
      {
        reason: `Role shop/odd: ${because('rules', '${RULES}', 'a list')}`,
        fix: 'Write the value of the variable where it can be read.',
      },
      {
        subject: 'service/api',
        reason: `Deployment shop/api: ${because('spec.template.spec.hostNetwork', '${HOST}', 'true or false')}`,
        fix: 'Write the value of the variable where it can be read.',
      },
    ]);
  });
});

describe('objects that Kubernetes would refuse', () => {
  const job = '{ template: { spec: { containers: [{ name: n, image: x:1 }] } } }';

  it('leave the view; a workload among them is a service of which nothing can be told', async () => {
    const facts = await factsOf(deployment('web') + object('batch/v1', 'Job', 'nightly', job));
    const because =
      'Job shop/nightly: spec.template.spec.containers.0.name is boolean false, expected a string; Kubernetes would refuse it';
    expect(known(facts)).toMatchObject({ web: ['Deployment'], nightly: { because, ends: true } });
    expect(facts.objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(facts.gaps).toMatchObject([{ path: 'k8s/a.yaml', line: 20, subject: 'service/nightly', reason: because }]);
  });

  it.each([
    [
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      'subjects: { kind: User }',
      'subjects is a mapping, expected a list',
    ],
    [
      'rbac.authorization.k8s.io/v1',
      'Role',
      'rules: [{ verbs: get }]',
      'rules.0.verbs is the string "get", expected a list',
    ],
    ['v1', 'Service', 'spec: { selector: { app: 1 } }', 'spec.selector.app is number 1, expected a string'],
    ['v1', 'Secret', 'stringData: x', 'stringData is the string "x", expected a mapping'],
  ])('%s %s hides what lies beside it', async (apiVersion, kind, member, reason) => {
    const facts = await factsOf(
      `${deployment('web')}---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: odd, namespace: shop }\n${member}\n`,
    );
    expect(facts.objects.map(({ name }) => name)).toEqual(['web']);
    expect(facts.gaps).toMatchObject([
      {
        path: 'k8s/a.yaml',
        deployable: 'plain:k8s',
        line: 20,
        reason: `${kind} shop/odd: ${reason}; Kubernetes would refuse it`,
      },
    ]);
    expect(facts.gaps[0]).not.toHaveProperty('subject');
  });
});
