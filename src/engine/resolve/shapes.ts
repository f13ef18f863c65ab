/**
 * What controls over a whole environment read of every object of a kind. One value of another type in it would make each of them throw for
 * all, and hide what they prove of the others. Only what is read strictly stands here: what only the controls about one service read
 * (probes, security contexts, quantities) is told there, with its place.
 * https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.33/
 */
import { workloadKind, type KubeObject, type WorkloadKind } from '../../model/kube.ts';
import type { Shape } from './misfit.ts';

const STRINGS: Shape = { list: 'string' };
const NAMED: Shape = { members: { name: 'string' } };

const CONTAINER: Shape = {
  members: {
    name: 'string',
    image: 'string',
    command: STRINGS,
    args: STRINGS,
    restartPolicy: 'string',
    // Values of variables are read as text, whatever their type.
    env: {
      list: {
        members: {
          name: 'string',
          valueFrom: {
            members: {
              secretKeyRef: { members: { name: 'string', key: 'string' } },
              configMapKeyRef: { members: { name: 'string', key: 'string' } },
            },
          },
        },
      },
    },
    envFrom: { list: { members: { prefix: 'string', secretRef: NAMED, configMapRef: NAMED } } },
    ports: { list: { members: { name: 'string', containerPort: 'integer', hostPort: 'integer', protocol: 'string' } } },
    volumeMounts: { list: { members: { name: 'string', mountPath: 'string', subPath: 'string' } } },
  },
};

const VOLUME: Shape = {
  members: {
    name: 'string',
    configMap: NAMED,
    secret: { members: { secretName: 'string' } },
    projected: { members: { sources: { list: { members: { secret: NAMED, configMap: NAMED } } } } },
    persistentVolumeClaim: { members: { claimName: 'string' } },
  },
};

const METADATA: Shape = { members: { labels: { values: 'string' }, annotations: { values: 'string' } } };

const POD_SPEC: Shape = {
  members: {
    containers: { list: CONTAINER },
    initContainers: { list: CONTAINER },
    volumes: { list: VOLUME },
    serviceAccountName: 'string',
    serviceAccount: 'string',
    automountServiceAccountToken: 'boolean',
    hostNetwork: 'boolean',
    hostPID: 'boolean',
    hostIPC: 'boolean',
    nodeSelector: { values: 'string' },
    tolerations: { list: { members: { key: 'string', operator: 'string', value: 'string', effect: 'string' } } },
    imagePullSecrets: { list: NAMED },
  },
};

const TEMPLATE: Shape = { members: { metadata: METADATA, spec: POD_SPEC } };
const TEMPLATED: Shape = { members: { spec: { members: { template: TEMPLATE } } } };
const LENT: Shape = { members: { kind: 'string', name: 'string', scaleDown: 'string' } };

const WORKLOADS: Readonly<Record<WorkloadKind, Shape>> = {
  Deployment: TEMPLATED,
  StatefulSet: TEMPLATED,
  DaemonSet: TEMPLATED,
  Rollout: { members: { spec: { members: { template: TEMPLATE, workloadRef: LENT } } } },
  ReplicaSet: TEMPLATED,
  ReplicationController: TEMPLATED,
  Job: TEMPLATED,
  CronJob: { members: { spec: { members: { jobTemplate: TEMPLATED } } } },
  Pod: { members: { spec: POD_SPEC } },
};

const BINDING: Shape = {
  members: {
    roleRef: { members: { kind: 'string', name: 'string' } },
    subjects: { list: { members: { kind: 'string', name: 'string', namespace: 'string' } } },
  },
};

const ROLE: Shape = {
  members: {
    rules: {
      list: {
        members: {
          verbs: STRINGS,
          apiGroups: STRINGS,
          resources: STRINGS,
          resourceNames: STRINGS,
          nonResourceURLs: STRINGS,
        },
      },
    },
  },
};

const RBAC = 'rbac.authorization.k8s.io';

/** By kind and group; what it is no workload. */
const OTHERS: Readonly<Record<string, Shape>> = {
  [`ClusterRoleBinding.${RBAC}`]: BINDING,
  [`RoleBinding.${RBAC}`]: BINDING,
  [`ClusterRole.${RBAC}`]: ROLE,
  [`Role.${RBAC}`]: ROLE,
  'PodTemplate.': { members: { template: TEMPLATE } },
  'ServiceAccount.': { members: { automountServiceAccountToken: 'boolean' } },
  'ConfigMap.': { members: { data: 'mapping', binaryData: 'mapping' } },
  'Secret.': { members: { type: 'string', data: 'mapping', stringData: 'mapping' } },
  'Service.': {
    members: {
      spec: {
        members: {
          type: 'string',
          selector: { values: 'string' },
          ports: {
            list: {
              members: {
                name: 'string',
                protocol: 'string',
                port: 'integer',
                targetPort: 'integerOrString',
                nodePort: 'integer',
              },
            },
          },
        },
      },
    },
  },
};

/** The shape of an object; `undefined` for kinds of which nothing is taken for granted. */
export function shapeOf(object: KubeObject): Shape | undefined {
  const known = workloadKind(object);
  if (known !== undefined) return WORKLOADS[known];
  const { kind, apiVersion } = object;
  const slash = apiVersion.indexOf('/');
  const key = `${kind}.${slash === -1 ? '' : apiVersion.slice(0, slash)}`;
  return Object.hasOwn(OTHERS, key) ? OTHERS[key] : undefined;
}
