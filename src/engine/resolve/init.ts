import type { Deployable, PlatformFacts } from '../../model/platform.ts';
import type { ServiceSpec, StoreSpec, WorkloadRef } from '../../model/spec.ts';
import { chosenEnvironment, inEnvironment, names } from '../discover/choose.ts';
import type { Discovery } from '../discover/index.ts';
import { resolve } from './resolve.ts';

/** Where editors find the schema of `launchgate.yaml`. */
const SCHEMA = 'https://launchgate.dev/schemas/launchgate.schema.json';

/**
 * The text of a first `launchgate.yaml`: what was found as values, what only people know as comments to fill in. It is valid as it
 * stands. `schema` is the URL or relative path for the editor's schema line.
 */
export function writeInit(discovery: Discovery, schema: string = SCHEMA): string {
  const facts = resolve(discovery, undefined, undefined);
  const stores = facts.spec.stores;
  const services = facts.spec.services.filter((service) => !isStore(service, stores));
  return [
    `# yaml-language-server: $schema=${schema}`,
    '# What Launchgate found in this repository. Correct what is wrong and fill in what only you know;',
    '# then run "launchgate check".',
    'apiVersion: launchgate/v1',
    'kind: Platform',
    `name: ${quoted(facts.name)}`,
    '',
    ...environmentLines(discovery, facts),
    ...(services.length === 0 ? [] : ['', 'services:', ...services.flatMap(serviceLines)]),
    ...namesakeLines(facts),
    ...(stores.length === 0 ? [] : ['', 'stores:', ...stores.flatMap(storeLines)]),
    '',
    ...HINTS,
    '',
  ].join('\n');
}

const HINTS = [
  '# Who may talk to what. Without it, reachability is reported and not judged:',
  '# flows:',
  '#   - { from: internet, to: service/NAME, port: 443, encryption: tls }',
  '#',
  '# What you promise:',
  '# slos:',
  '#   - { name: NAME-availability, service: NAME, kind: availability, objective: 99.9, window: 30d }',
  '#',
  '# Who answers, and who signs:',
  '# people:',
  '#   - { id: ada, name: Ada Lovelace, roles: [sre] }',
  '# onCall:',
  '#   rotations:',
  '#     - { name: primary, severities: [sev1], receiver: pager, members: [ada] }',
];

function environmentLines(discovery: Discovery, facts: PlatformFacts): string[] {
  const lines = ['environments:'];
  for (const environment of facts.spec.environments) {
    const chosen = chosenEnvironment(discovery.deployables, undefined, environment.name);
    const own = discovery.deployables.filter((deployable) => inEnvironment(deployable, chosen, undefined));
    const from = own.find(({ environmentFrom }) => environmentFrom !== undefined)?.environmentFrom;
    lines.push(
      `  - name: ${quoted(environment.name)}${from === undefined ? '' : ` # recognised by ${from}`}`,
      `    kind: ${environment.kind}`,
      ...(own.length === 0
        ? []
        : ['    deployables:', ...own.map((one) => `      - ${quoted(entryFor(one, discovery.deployables))}`)]),
    );
  }
  return lines;
}

/** The path, unless it would name others as well: those that start from it too, or lie below it. */
function entryFor(deployable: Deployable, all: readonly Deployable[]): string {
  return all.some((other) => other !== deployable && names(deployable.path, other)) ? deployable.id : deployable.path;
}

function serviceLines(service: ServiceSpec): string[] {
  return [
    `  - name: ${quoted(service.name)}`,
    '    # owner: TEAM',
    '    # quorum: 1 # fewest ready instances with which it still does its work',
    ...workloadLines(service.workloads),
  ];
}

/** Workloads that share their name with others: which of them is the service of that name, only people know. */
function namesakeLines(facts: PlatformFacts): string[] {
  const shared = facts.services.filter(
    ({ declared, name, workloads }) => !declared && name.includes('/') && workloads.length > 0,
  );
  if (shared.length === 0) return [];
  return [
    '',
    '# These share a name with each other. They are judged as they are; to say more of one, give it a name of its own under services:',
    ...shared.flatMap(({ workloads }) =>
      workloads.map(
        ({ kind, namespace, name }) =>
          `#   - { name: NAME, workloads: [{ kind: ${kind}, namespace: ${quoted(namespace)}, name: ${quoted(name)} }] }`,
      ),
    ),
  ];
}

function storeLines(store: StoreSpec): string[] {
  return [
    `  - name: ${quoted(store.name)}`,
    `    kind: ${store.kind}`,
    ...(store.managed === undefined ? [] : [`    managed: ${quoted(store.managed)}`]),
    ...(store.workloads?.length === 0 ? ['    workloads: []'] : workloadLines(store.workloads)),
    '    # rpo: 5m # largest loss of data that is accepted',
    '    # rto: 1h # longest time until it is back',
    '    # backup: { schedule: continuous, retention: 30d, encrypted: true, offsite: WHERE }',
  ];
}

function workloadLines(workloads: readonly WorkloadRef[] | undefined): string[] {
  if (workloads === undefined || workloads.length === 0) return [];
  return [
    '    workloads:',
    ...workloads.map(({ kind, namespace, name }) => {
      const where = namespace === undefined ? '' : `, namespace: ${quoted(namespace)}`;
      return `      - { kind: ${kind}${where}, name: ${quoted(name)} }`;
    }),
  ];
}

function isStore(service: ServiceSpec, stores: readonly StoreSpec[]): boolean {
  const own = new Set((service.workloads ?? []).map(keyOf));
  return stores.some((store) => (store.workloads ?? []).some((workload) => own.has(keyOf(workload))));
}

function keyOf({ kind, namespace, name }: WorkloadRef): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** JSON strings are YAML; what reads as a plain word stays one. */
function quoted(text: string): string {
  const plain =
    /^[A-Za-z./][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null|\.|\.inf|\.nan|\.\d.*)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
