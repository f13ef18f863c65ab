import type { Cursor } from '../../model/cursor.ts';
import {
  asWorkload,
  containers,
  cursor,
  podMetadata,
  podSpec,
  type KubeObject,
  type PodContainer,
  type Workload,
} from '../../model/kube.ts';
import type { Named } from './credential.ts';
import { inCommand, inText, text, wordsIn, type Leak } from './found.ts';
import { inResource, inValues } from './in-resources.ts';
import { strengthOf, wordsOf } from './names.ts';
import { isPlaceholder } from './placeholders.ts';

/** Kinds that hold no values: what they hold is the shape of other objects. */
const VALUELESS = new Set(['CustomResourceDefinition']);

/** What stands in clear in an object, wherever its kind keeps values. */
export function inObject(object: KubeObject): Leak[] {
  if (VALUELESS.has(object.kind) || object.body['sops'] !== undefined) return [];
  const where = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
  return [...inAnnotations(where, cursor(object).get('metadata')), ...inBody(where, object)];
}

function inBody(where: string, object: KubeObject): Leak[] {
  const workload = asWorkload(object);
  if (workload !== undefined) return inWorkload(where, workload);
  const root = cursor(object);
  if (object.kind === 'Secret') return inSecret(where, root);
  if (object.kind === 'ConfigMap') return inConfigMap(where, root);
  // What is sealed says nothing; its template stands in clear.
  if (object.kind === 'SealedSecret') return inTemplate(where, root.get('spec', 'template', 'data'));
  return inResource(where, root, object.kind);
}

/** Their names are those of settings and places, whatever they end in: only what the values hold counts. */
function inAnnotations(where: string, metadata: Cursor): Leak[] {
  return metadata
    .get('annotations')
    .entries()
    .flatMap(([name, value]) => inText(where, { name, value: text(value), strength: 'none' }, value));
}

function inWorkload(where: string, workload: Workload): Leak[] {
  return [
    ...inAnnotations(where, podMetadata(workload)),
    ...containers(workload).flatMap((container) => inContainer(`container ${container.name} of ${where}`, container)),
    ...inValues(where, podSpec(workload).get('volumes')),
  ];
}

function inTemplate(where: string, data: Cursor): Leak[] {
  return data.entries().flatMap(([name, value]) => inSecretValue(where, { name, value: text(value) }, value));
}

function inConfigMap(where: string, root: Cursor): Leak[] {
  const plain = root.get('data').entries();
  const encoded = root.get('binaryData').entries();
  return [
    ...plain.flatMap(([name, value]) => inText(where, { name, value: text(value) }, value)),
    ...encoded.flatMap(([name, value]) =>
      inText(where, { name, value: decodedText(text(value)) }, value, { isEncoded: true }),
    ),
  ];
}

function inContainer(where: string, { at }: PodContainer): Leak[] {
  const environment = at
    .get('env')
    .items()
    .flatMap((entry) => {
      const value = entry.get('value');
      return inText(where, { name: entry.get('name').string() ?? '', value: text(value) }, value);
    });
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => at.get(probe));
  const hooks = ['postStart', 'preStop'].map((hook) => at.get('lifecycle', hook));
  const actions = [...probes, ...hooks].filter(({ exists }) => exists);
  const headers = actions.flatMap((action) =>
    action
      .get('httpGet', 'httpHeaders')
      .items()
      .flatMap((header) => inText(where, { name: text(header.get('name')), value: text(header.get('value')) }, header)),
  );
  const commands = [
    [...wordsIn(at.get('command')), ...wordsIn(at.get('args'))],
    ...actions.map((action) => wordsIn(action.get('exec', 'command'))),
  ];
  return [...environment, ...headers, ...commands.flatMap((words) => inCommand(where, words))];
}

function inSecret(where: string, root: Cursor): Leak[] {
  const plain = root.get('stringData').entries();
  const encoded = root.get('data').entries();
  return [
    ...plain.flatMap(([name, value]) => inSecretValue(where, { name, value: text(value) }, value)),
    ...encoded.flatMap(([name, value]) => inSecretValue(where, { name, value: decoded(text(value)) }, value, true)),
  ];
}

/** Under a name of a credential a Secret holds the credential itself, never what it is called, and it may be a phrase. */
function inSecretValue(where: string, named: Named, at: Cursor, isEncoded = false): Leak[] {
  const isNamed = strengthOf(named.name) !== 'none';
  if (isLogin(named) || (isNamed && isPhrase(named.value)))
    return [{ where, name: named.name, kind: 'a credential by its name', origin: at.origin }];
  return inText(where, isNamed ? { ...named, strength: 'sure' } : named, at, { isEncoded });
}

/** Several words that no program would take for anything but a passphrase. */
function isPhrase(value: string): boolean {
  return /^\w+(?:[ -]\w+){3,}\s*$/.test(value) && value.includes(' ') && !isPlaceholder(value);
}

/** `user:password` under a name such as `basic-auth` or `users`. */
function isLogin({ name, value }: Named): boolean {
  if (!/^(?:auth|basicauth|users|userpass|htpasswd)$/.test(wordsOf(name).at(-1) ?? '')) return false;
  const password = /^[\w.@-]+:(?<password>\S{6,})\s*$/.exec(value)?.groups?.['password'];
  return password !== undefined && !isPlaceholder(password);
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** Empty for what is no text: U+FFFD stands for each byte that no UTF-8 has. */
function decodedText(base64: string): string {
  const found = decoded(base64);
  return found.includes('\uFFFD') ? '' : found;
}
