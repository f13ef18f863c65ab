import { Cursor } from '../../model/cursor.ts';
import type { HclBlock } from '../../model/document.ts';
import { asWorkload, containers, cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { credentialKind, embeddedPairs, type Kind } from './credential.ts';

/** A credential in clear: where, under which name, of what kind. Never its value. */
export interface Leak {
  readonly where: string;
  readonly name: string;
  readonly kind: Kind;
  readonly origin: Origin;
}

/** How much was looked at, so that a pass says something. */
export interface Scan {
  readonly leaks: readonly Leak[];
  readonly looked: { readonly objects: number; readonly blocks: number; readonly files: number };
}

/** Looks through manifests, Terraform, Dockerfiles, compose files and environment files. */
export function scan(view: PlatformView): Scan {
  const objects = view.kinds().flatMap((kind) => view.objects(kind));
  const blocks = ['variable', 'locals', 'resource', 'provider', 'module', 'backend'].flatMap((type) =>
    view.terraform(type),
  );
  const dockerfiles = view.directives('dockerfile');
  const environments = view
    .directives('env-file')
    .filter((file) => !/\.(?:example|sample|template|dist)$/.test(file.path));
  const compose = view.data('compose');
  return {
    leaks: [
      ...objects.flatMap(inObject),
      ...blocks.flatMap(inBlock),
      ...dockerfiles.flatMap((file) =>
        file.directives
          .filter(({ name }) => name === 'ENV' || name === 'ARG')
          .flatMap((line) => inPairs(file.path, line.args, line.origin)),
      ),
      ...environments.flatMap((file) =>
        file.directives.flatMap((line) => inPair(file.path, line.name, line.args.join(' '), line.origin)),
      ),
      ...compose.flatMap((file) => inCompose(file.path, new Cursor(file.data, file.origin))),
    ],
    looked: {
      objects: objects.length,
      blocks: blocks.length,
      files: dockerfiles.length + environments.length + compose.length,
    },
  };
}

function inObject(object: KubeObject): Leak[] {
  if (object.kind === 'SealedSecret' || object.body['sops'] !== undefined) return [];
  const where = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
  const workload = asWorkload(object);
  if (workload !== undefined) {
    return containers(workload).flatMap(({ name, at }) => {
      const commands = [...at.get('command').items(), ...at.get('args').items()];
      return [
        ...at
          .get('env')
          .items()
          .flatMap((entry) =>
            inPair(
              `container ${name} of ${where}`,
              entry.get('name').string() ?? '',
              text(entry.get('value')),
              entry.get('value').origin,
            ),
          ),
        ...commands.flatMap((argument) => inArgument(`container ${name} of ${where}`, argument)),
      ];
    });
  }
  const root = cursor(object);
  if (object.kind === 'ConfigMap')
    return root
      .get('data')
      .entries()
      .flatMap(([key, value]) => inText(where, key, value, text(value)));
  if (object.kind !== 'Secret') return inTree(where, root.get('spec'));
  return [
    ...root
      .get('stringData')
      .entries()
      .flatMap(([key, value]) => inText(where, key, value, text(value))),
    ...root
      .get('data')
      .entries()
      .flatMap(([key, value]) => inText(where, key, value, decoded(text(value)))),
  ];
}

/** A file or value under a key: as a whole, then line by line. */
function inText(where: string, key: string, at: Cursor, value: string): Leak[] {
  const whole = inPair(where, key, value, at.origin);
  if (whole.length > 0) return whole;
  for (const [name, embedded] of embeddedPairs(value)) {
    const [leak] = inPair(`${key} in ${where}`, name, embedded, at.origin);
    if (leak !== undefined) return [leak];
  }
  return [];
}

function inArgument(where: string, argument: Cursor): Leak[] {
  const value = text(argument);
  const option = /^-{1,2}(?<name>[\w.-]+)=(?<value>.*)$/s.exec(value)?.groups;
  return inPair(where, option?.['name'] ?? '', option?.['value'] ?? value, argument.origin);
}

/**
 * Custom resources: every scalar to a bounded depth, by its format only. Their keys (`secretKey`, `tokenRef`, `passwordSecret`) name
 * places far more often than they hold credentials.
 */
function inTree(where: string, at: Cursor, depth = 0): Leak[] {
  if (depth > 12 || !at.exists) return [];
  if (Array.isArray(at.value)) return at.items().flatMap((item) => inTree(where, item, depth + 1));
  if (typeof at.value === 'object') return at.entries().flatMap(([, child]) => inTree(where, child, depth + 1));
  const kind = credentialKind('', text(at));
  return kind === undefined ? [] : [{ where, name: String(at.origin.pointer?.at(-1) ?? ''), kind, origin: at.origin }];
}

function inCompose(path: string, root: Cursor): Leak[] {
  return root
    .get('services')
    .entries()
    .flatMap(([service, at]) => {
      const environment = at.get('environment');
      const where = `service ${service} of ${path}`;
      if (Array.isArray(environment.value))
        return environment.items().flatMap((item) => inPairs(where, [text(item)], item.origin));
      return environment.entries().flatMap(([name, value]) => inPair(where, name, text(value), value.origin));
    });
}

function inBlock(block: HclBlock): Leak[] {
  const where = [block.type, ...block.labels].join(' ');
  const own = Object.entries(block.attributes).flatMap(([name, attribute]) => {
    const label = block.type === 'variable' && name === 'default' ? (block.labels[0] ?? '') : name;
    return typeof attribute.literal === 'string' ? inPair(where, label, attribute.literal, attribute.origin) : [];
  });
  return [...own, ...block.blocks.flatMap(inBlock)];
}

function inPairs(where: string, pairs: readonly string[], origin: Origin): Leak[] {
  return pairs.flatMap((pair) => {
    const split = pair.indexOf('=');
    return split === -1
      ? []
      : inPair(where, pair.slice(0, split), pair.slice(split + 1).replace(/^"(.*)"$/, '$1'), origin);
  });
}

function inPair(where: string, name: string, value: string, origin: Origin): Leak[] {
  const kind = credentialKind(name, value);
  return kind === undefined ? [] : [{ where, name, kind, origin }];
}

function text(at: Cursor): string {
  return typeof at.value === 'string' || typeof at.value === 'number' ? String(at.value) : '';
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
