/**
 * What the reference platform's manifests tell its services is what they read, and they accept it: a variable that nobody reads is a setting
 * that somebody believes in.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { egressPolicyFromEnvironment } from '@launchgate/runtime/egress';
import { readLifecycleOptions } from '@launchgate/runtime/lifecycle';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { serveConfig } from '../services/api/src/config/serve.ts';
import { readWorkerConfig } from '../services/billing-worker/src/config.ts';
import { databaseVariables } from '../services/common/src/config/index.ts';
import { readRelayConfig } from '../services/notification-relay/src/config.ts';
import { readConfig as readGatewayConfig } from '../services/terminal-gateway/src/config.ts';

interface Container {
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
    readonly jobTemplate?: {
      readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
    };
  };
}

type Environment = Record<string, string>;

const root = join(import.meta.dirname, '..');
/** The mended platform: of the faults, one is a variable that nothing reads. */
const manifests = ['production', 'staging'].map((name): [string, Manifest[]] => [
  name,
  parseAllDocuments(
    readFileSync(join(root, `examples/gpu-cloud/mends/rendered/k8s/overlays/${name}.yaml`), 'utf8'),
  ).map((document) => document.toJS() as Manifest),
]);

/** By what a Secret holds, where its form matters. */
const SECRETS: Readonly<Record<string, string>> = { DATABASE_USER: 'api_a' };

const READERS: readonly [workload: string, service: string, read: (env: Environment) => unknown][] = [
  ['Rollout/api', 'api', (env) => [serveConfig(env), readLifecycleOptions(env), egressPolicyFromEnvironment(env)]],
  ['Job/api-migrate', 'api', (env) => databaseVariables.parse(env)],
  ['CronJob/retention', 'api', (env) => databaseVariables.parse(env)],
  ['Rollout/billing-worker', 'billing-worker', readWorkerConfig],
  ['Rollout/notification-relay', 'notification-relay', readRelayConfig],
  ['Rollout/terminal-gateway', 'terminal-gateway', readGatewayConfig],
];

for (const [overlay, documents] of manifests)
  test.each(READERS)(`${overlay}: %s is told what it reads, and accepts it`, (workload, service, read) => {
    expect(unread(environmentOf(documents, workload), service, read)).toEqual([]);
  });

test('the job that makes the streams is told what it reads', () => {
  const inCode = new Set([...literalsOf('billing-worker'), ...literalsOf('common')]);
  for (const [, documents] of manifests)
    expect(Object.keys(environmentOf(documents, 'Job/nats-streams')).filter((name) => !inCode.has(name))).toEqual([]);
});

test('a variable that nothing reads is found', () => {
  const env = { ...environmentOf(manifests[0]?.[1] ?? [], 'Rollout/billing-worker'), TEMPORAL_ADDR: 'temporal:7233' };
  expect(unread(env, 'billing-worker', readWorkerConfig)).toEqual(['TEMPORAL_ADDR']);
});

/** Names that neither the configuration asks for as it is read, nor the sources name. */
function unread(env: Environment, service: string, read: (env: Environment) => unknown): string[] {
  const seen = new Set<string>();
  read(
    new Proxy(env, {
      get: (target, name) => (seen.add(String(name)), target[String(name)]),
      has: (target, name) => (seen.add(String(name)), name in target),
    }),
  );
  const inCode = literalsOf(service);
  return Object.keys(env).filter((name) => !seen.has(name) && !inCode.has(name));
}

function environmentOf(documents: readonly Manifest[], workload: string): Environment {
  const manifest = documents.find(({ kind, metadata }) => `${kind}/${metadata.name}` === workload);
  const spec = manifest?.spec?.template?.spec ?? manifest?.spec?.jobTemplate?.spec.template.spec;
  const [container] = spec?.containers ?? [];
  if (container === undefined) throw new Error(`${workload} has no container`);
  const maps = (container.envFrom ?? []).map(({ configMapRef: { name } }) => {
    const map = documents.find((document) => document.kind === 'ConfigMap' && document.metadata.name === name);
    if (map?.data === undefined) throw new Error(`${workload} takes in ${name}, which is nowhere`);
    return map.data;
  });
  const own = (container.env ?? []).map(({ name, value }) => [name, value ?? SECRETS[name] ?? 'a-secret']);
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Environment;
}

/** Names that stand between quotes in a service's sources: its secrets, and what its commands read by themselves. */
function literalsOf(service: string): Set<string> {
  const folder = join(root, 'services', service, 'src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
  return new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b(?=['"]|:)/g)].map(([, name]) => name ?? ''),
    ),
  );
}
