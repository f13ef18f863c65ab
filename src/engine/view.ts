import type {
  DataClass,
  Directive,
  DataDocument,
  DirectiveClass,
  DirectiveReading,
  HclBlock,
  OutlinedDocument,
  RepoDocument,
  SourceClass,
  TextClass,
  TextDocument,
} from '../model/document.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { KubeObject, Workload } from '../model/kube.ts';
import { oncePer } from '../model/once.ts';
import type { Origin } from '../model/origin.ts';
import { readDirectives } from './read/directives.ts';
import { readMarkdown } from './read/markdown.ts';
import { parseYamlDocuments } from './read/yaml.ts';
import { objectKey } from './resolve/merge.ts';
import type { PlatformFacts, PlatformView, Service } from '../model/platform.ts';

/** The lookups all views share, built once for a platform. */
export interface PlatformIndex {
  readonly facts: PlatformFacts;
  readonly objectsByKind: ReadonlyMap<string, readonly KubeObject[]>;
  /** By `kind namespace`. */
  readonly objectsByPlace: ReadonlyMap<string, readonly KubeObject[]>;
  readonly blocksByType: ReadonlyMap<string, readonly HclBlock[]>;
  readonly documentsByClass: ReadonlyMap<SourceClass, readonly RepoDocument[]>;
  readonly kinds: readonly string[];
  readonly servicesByName: ReadonlyMap<string, Service>;
}

export function indexPlatform(facts: PlatformFacts): PlatformIndex {
  const { objects, services } = inOrder(facts);
  return {
    facts,
    objectsByKind: groupBy(objects, kindsOf),
    objectsByPlace: groupBy(objects, (object) =>
      object.namespace === undefined ? [] : kindsOf(object).map((kind) => `${kind} ${object.namespace}`),
    ),
    blocksByType: groupBy(facts.terraform, (block) =>
      block.labels[0] === undefined ? [block.type] : [block.type, `${block.type}.${block.labels[0]}`],
    ),
    documentsByClass: groupBy(facts.documents, (document) => [document.class]),
    kinds: [...new Set(facts.objects.map((object) => object.kind))].sort(),
    servicesByName: new Map(services.map((service) => [service.name, service])),
  };
}

/** In which file an object stands, and behind which other, is no fact of the platform: to move one is no drift. */
const inOrder = oncePer(({ applications = [], services, otherEnvironments = [], ...facts }: PlatformFacts) => ({
  ...ordered(facts),
  applications: byIdentity(applications, (object) => object),
  services: services.map((service) =>
    service.workloads.length < 2 ? service : { ...service, workloads: workloadsInOrder(service.workloads) },
  ),
  otherEnvironments: otherEnvironments.map((other) => ({ ...other, ...ordered(other) })),
}));

function ordered({ objects, workloads }: Pick<PlatformFacts, 'objects' | 'workloads'>) {
  return { objects: byIdentity(objects, (object) => object), workloads: workloadsInOrder(workloads) };
}

function workloadsInOrder(workloads: readonly Workload[]): readonly Workload[] {
  return byIdentity(workloads, ({ object }) => object);
}

function byIdentity<T>(items: readonly T[], objectOf: (item: T) => KubeObject): readonly T[] {
  const keyed = items.map((item) => ({ item, key: objectKey(objectOf(item)) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ item }) => item);
}

const viewsOf = oncePer((_index: PlatformIndex) => new Map<string, PlatformView>());
const namesOf = oncePer((reads: readonly SourceClass[]) => [...reads].sort().join(' '));

/**
 * A view that lets a control read the classes its metadata declares, and throws on any other. The same one for the same classes, so
 * that what was worked out from it can be remembered with it.
 */
export function viewFor(index: PlatformIndex, reads: readonly SourceClass[]): PlatformView {
  const views = viewsOf(index);
  const key = namesOf(reads);
  const known = views.get(key);
  if (known !== undefined) return known;
  const view = makeView(index, reads);
  views.set(key, view);
  return view;
}

function makeView(index: PlatformIndex, reads: readonly SourceClass[]): PlatformView {
  const { facts } = index;
  const declared = new Set(reads);
  const need = (kind: SourceClass): void => {
    if (!declared.has(kind)) throw new LaunchgateError('internal', `reads ${kind} without declaring it in meta.reads`);
  };
  const objects = (kind: string, namespace?: string): readonly KubeObject[] => {
    need('kubernetes');
    if (namespace === undefined) return index.objectsByKind.get(kind) ?? [];
    return index.objectsByPlace.get(`${kind} ${namespace}`) ?? [];
  };
  const documents = <D extends RepoDocument>(kind: D['class']): readonly D[] => {
    need(kind);
    return (index.documentsByClass.get(kind) ?? []) as readonly D[];
  };
  return {
    platform: facts,
    environment: facts.environment,
    provisional: facts.provisional,
    get spec() {
      need('spec');
      return facts.spec;
    },
    services: () => inOrder(facts).services,
    service: (name) => index.servicesByName.get(name),
    store: (name) => facts.spec.stores.find((store) => store.name === name),
    workloads: () => {
      need('kubernetes');
      return inOrder(facts).workloads;
    },
    objects,
    applications: () => {
      need('kubernetes');
      return inOrder(facts).applications;
    },
    otherEnvironments: () => {
      need('kubernetes');
      return inOrder(facts).otherEnvironments;
    },
    kinds: () => index.kinds,
    terraform: (type, label) => {
      need('terraform');
      return index.blocksByType.get(label === undefined ? type : `${type}.${label}`) ?? [];
    },
    plans: () => {
      need('terraform');
      return (index.documentsByClass.get('terraform-plan') ?? []) as readonly DataDocument[];
    },
    data: (kind: DataClass) => documents(kind),
    directives: (kind: DirectiveClass) => documents(kind),
    readDirectives: (kind, text, origin) => {
      need(kind);
      return readInside(kind, text, origin);
    },
    readData: (text) => parseYamlDocuments(text, { dialect: 'yaml-1.2', path: '' }).documents[0]?.value,
    texts: (kind: TextClass) => documents(kind),
    outlines: () => documents<TextDocument>('markdown').map(outlined),
    files: () => {
      need('files');
      return facts.files;
    },
  };
}

/** The lines of a text keep the place of the text, and count from its start. */
function readInside(kind: DirectiveClass, text: string, origin: Origin): DirectiveReading {
  const { directives, problems } = readDirectives(kind, text, origin.path);
  const placed = (directive: Directive): Directive => ({
    ...directive,
    ...(directive.children !== undefined && { children: directive.children.map(placed) }),
    origin: { ...origin, ...(directive.origin.line !== undefined && { textLine: directive.origin.line }) },
  });
  return {
    directives: directives.map(placed),
    problems: problems.map(({ line, message }) => `line ${line}: ${message}`),
  };
}

const outlines = new WeakMap<TextDocument, OutlinedDocument>();

/** Outlines are asked for by several controls and read once. */
function outlined(document: TextDocument): OutlinedDocument {
  const known = outlines.get(document);
  if (known !== undefined) return known;
  const { path, text } = document;
  const words = text.replaceAll(/^#.*$/gm, '').split(/\s+/).filter(Boolean).length;
  const made = { path, outline: readMarkdown(text), words };
  outlines.set(document, made);
  return made;
}

/** As a query may name it: `Gateway`, or `Gateway.gateway.networking.k8s.io`. */
function kindsOf({ kind, apiVersion }: KubeObject): [string, string] {
  return [kind, `${kind}.${group(apiVersion)}`];
}

function group(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function groupBy<T, K>(items: readonly T[], keys: (item: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    for (const key of keys(item)) {
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [item]);
      else members.push(item);
    }
  }
  return groups;
}
