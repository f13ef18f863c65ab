import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was written, so that answers can be compared before times are. */
export interface ManifestFolder {
  readonly files: readonly string[];
  /** Containers whose image follows `latest`: by tag, or by having none. */
  readonly latest: number;
}

/** Of ten services so many: one follows `latest`, one has no tag, one runs a single replica, one has no probes. */
const LATEST = 3;
const UNTAGGED = 7;
const SINGLE = 5;
const UNPROBED = 8;

/**
 * Writes plain manifests as teams write them, one object to a file and four files to a service: Deployment, Service,
 * PodDisruptionBudget, and a ConfigMap or every third time an Ingress.
 */
export function writeManifests(folder: string, count: number): ManifestFolder {
  const services = Math.ceil(count / 4);
  const files: string[] = [];
  let latest = 0;
  for (let index = 0; index < services; index += 1) {
    const name = `svc-${String(index).padStart(4, '0')}`;
    const parts = [
      ['deployment', deployment(name, index)],
      ['service', service(name)],
      ['pdb', budget(name)],
      index % 3 === 0 ? ['ingress', ingress(name)] : ['config', config(name, index)],
    ] as const;
    mkdirSync(join(folder, name), { recursive: true });
    for (const [kind, text] of parts) {
      const file = join(folder, name, `${kind}.yaml`);
      writeFileSync(file, text);
      files.push(file);
    }
    if (index % 10 === LATEST || index % 10 === UNTAGGED) latest += 1;
  }
  return { files, latest };
}

function imageOf(name: string, index: number): string {
  const image = `registry.example.com/shop/${name}`;
  if (index % 10 === LATEST) return `${image}:latest`;
  if (index % 10 === UNTAGGED) return image;
  return `${image}:1.${index % 40}.${index % 7}`;
}

function deployment(name: string, index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: shop
spec:
  replicas: ${index % 10 === SINGLE ? 1 : 3}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        app.kubernetes.io/part-of: shop
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: app
          image: ${imageOf(name, index)}
          imagePullPolicy: Always
          ports:
            - {name: http, containerPort: 8080}
          envFrom:
            - configMapRef: {name: ${name}, optional: true}
          env:
            - name: LOG_LEVEL
              value: info
            - name: DATABASE_PASSWORD
              valueFrom: {secretKeyRef: {name: ${name}-db, key: password}}
          resources:
            requests: {cpu: 100m, memory: 128Mi, ephemeral-storage: 100Mi}
            limits: {cpu: 500m, memory: 256Mi, ephemeral-storage: 200Mi}
${index % 10 === UNPROBED ? '' : PROBES}          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 100Mi}
`;
}

const PROBES = `          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          livenessProbe:
            httpGet: {path: /live, port: http}
            periodSeconds: 10
            failureThreshold: 6
`;

function service(name: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - {name: http, port: 80, targetPort: http}
`;
}

function budget(name: string): string {
  return `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
  namespace: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
`;
}

function config(name: string, index: number): string {
  const settings = Array.from({ length: 12 }, (_, at) => `  FEATURE_${at}: "${(index + at) % 2 === 0}"`);
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: shop
data:
${settings.join('\n')}
`;
}

function ingress(name: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: shop
spec:
  ingressClassName: nginx
  tls:
    - hosts: [${name}.example.com]
      secretName: ${name}-tls
  rules:
    - host: ${name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: ${name}, port: {name: http}}}
`;
}
