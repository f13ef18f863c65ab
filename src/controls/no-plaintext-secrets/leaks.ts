import { Cursor } from '../../model/cursor.ts';
import type { HclBlock } from '../../model/document.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Leak } from './found.ts';
import { inCompose, inDockerfile, inEnvironmentFile, inNginx, inServerSettings } from './in-files.ts';
import { inLoginFile, inRegistryLogins } from './in-logins.ts';
import { inObject } from './in-objects.ts';
import { inPipeline } from './in-pipelines.ts';
import { inConfiguration } from './in-resources.ts';
import { inBlock } from './in-terraform.ts';
import { inUnrendered } from './in-unrendered.ts';
import { inWorkflow } from './in-workflows.ts';
import { unreadValues } from './unread.ts';

/** What was found, and how much was looked at, so that a pass says something. */
export interface Scan {
  readonly leaks: readonly Leak[];
  /** Files that hold values and were not read. */
  readonly unread: readonly string[];
  readonly looked: { readonly objects: number; readonly blocks: number; readonly files: number };
}

/** Objects and blocks of Terraform, as they belong to an environment. */
interface Part {
  readonly objects: readonly KubeObject[];
  readonly blocks: readonly HclBlock[];
}

/** Blocks of Terraform that hold values; those without a type are the files of values. */
const BLOCKS = [
  '',
  'variable',
  'locals',
  'resource',
  'ephemeral',
  'data',
  'provider',
  'module',
  'output',
  'terraform',
  'refused',
];

/** YAML in which programs, clients and charts are told logins. */
const CONFIGURATIONS = [
  'alertmanager-config',
  'prometheus-config',
  'otel-collector',
  'kubeconfig',
  'chart-values',
] as const;
/** Settings of servers, one a line, in which their own passwords may stand. */
const SERVER_SETTINGS = ['redis-conf', 'redis-acl', 'postgres-conf'] as const;

/** Looks through manifests, Terraform, Dockerfiles, compose files, environment files, workflows, files of logins and configuration. */
export function scan(view: PlatformView): Scan {
  const own = { objects: objectsOf(view), blocks: BLOCKS.flatMap((type) => view.terraform(type)) };
  const others = partsElsewhere(view, own);
  const dockerfiles = view.directives('dockerfile');
  const environments = view.directives('env-file').filter(isUsed);
  const workflows = [...view.data('github-workflow'), ...view.data('github-action')];
  const pipelines = view.data('ci-pipeline');
  const loginFiles = view.texts('login-file').filter(isUsed);
  const registries = view.data('registry-logins').filter(isUsed);
  const compose = view.data('compose');
  const configurations = CONFIGURATIONS.flatMap((kind) => view.data(kind)).filter(isUsed);
  const settings = SERVER_SETTINGS.flatMap((kind) => view.directives(kind)).filter(isUsed);
  const nginx = view.directives('nginx-conf').filter(isUsed);
  const unrendered = view.data('unrendered').filter(isUsed);
  const leaks = [
    ...inPart(own),
    ...dockerfiles.flatMap(inDockerfile),
    ...environments.flatMap(inEnvironmentFile),
    ...compose.flatMap((file) => inCompose(file.path, new Cursor(file.data, file.origin))),
    ...workflows.flatMap(inWorkflow),
    ...pipelines.flatMap(inPipeline),
    ...loginFiles.flatMap(inLoginFile),
    ...registries.flatMap(inRegistryLogins),
    ...configurations.flatMap(inConfiguration),
    ...settings.flatMap(inServerSettings),
    ...nginx.flatMap(inNginx),
  ];
  const given = [dockerfiles, environments, compose, workflows, pipelines, loginFiles, registries];
  const configured = [configurations, settings, nginx];
  return {
    leaks: [...eachOnce(leaks), ...onlyElsewhere([...inPart(others), ...unrendered.flatMap(inUnrendered)], leaks)],
    unread: unreadValues(view, [...own.blocks, ...others.blocks]),
    looked: {
      objects: own.objects.length + others.objects.length,
      blocks: own.blocks.length + others.blocks.length,
      files: given.flat().length + configured.flat().length + unrendered.length,
    },
  };
}

/** Not there to be copied and filled in. */
function isUsed({ path }: { readonly path: string }): boolean {
  return !/[.-](?:example|sample|template|dist)(?:\.(?:json|ya?ml|conf))?$/.test(path);
}

/** What an override file takes the place of, or Terraform refuses, stands in the repository all the same. */
function inPart({ objects, blocks }: Part): Leak[] {
  return [...objects.flatMap(inObject), ...blocks.flatMap((block) => block.written ?? [block]).flatMap(inBlock)];
}

/** Everything rendered, and the applications that bring charts and folders, which no deployable may hold. */
function objectsOf(view: PlatformView): KubeObject[] {
  const keyOf = ({ kind, namespace, name }: KubeObject): string => `${kind}/${namespace ?? ''}/${name}`;
  const rendered = view.kinds().flatMap((kind) => view.objects(kind));
  const known = new Set(rendered.map(keyOf));
  return [...rendered, ...view.applications().filter((object) => !known.has(keyOf(object)))];
}

/** What is in other environments and not in the one that is judged: it lies in the same repository. */
function partsElsewhere(view: PlatformView, own: Part): Part {
  const others = view.otherEnvironments();
  const objects = new Set(others.flatMap((other) => other.objects));
  const blocks = new Set(others.flatMap(({ terraform }) => terraform).filter(({ type }) => BLOCKS.includes(type)));
  return {
    objects: [...objects.difference(new Set(own.objects))],
    blocks: [...blocks.difference(new Set(own.blocks))],
  };
}

/** Leaks of other environments, and of what does not run, beyond those of a common base. A default password is theirs to have. */
function onlyElsewhere(leaks: readonly Leak[], known: readonly Leak[]): Leak[] {
  const names = new Set(known.map(nameOf));
  const places = new Set(known.map(placeOf));
  return leaks.filter((leak) => {
    const name = nameOf(leak);
    if (leak.kind === 'a default password' || places.has(placeOf(leak))) return false;
    return !names.has(name) && names.add(name);
  });
}

function placeOf({ origin: { path, line, document, pointer } }: Leak): string {
  return JSON.stringify([path, line, document, pointer]);
}

function nameOf({ where, name }: Leak): string {
  return `${name} in ${where}`;
}

/** Of a mapping in Terraform's JSON it cannot be told whether it is a block: it is read as both. */
function eachOnce(leaks: readonly Leak[]): Leak[] {
  const known = new Set<string>();
  return leaks.filter((leak) => {
    const key = `${nameOf(leak)} ${placeOf(leak)}`;
    return !known.has(key) && known.add(key);
  });
}
