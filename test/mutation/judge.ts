/** Judges the mended reference platform, whole and with one thing broken. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTree } from '../../src/adapters/files.ts';
import { noRenderers } from '../../src/adapters/renderers.ts';
import { applyMends, copyExample, readMends } from '../../src/app/demo/workspace.ts';
import { controls } from '../../src/controls/catalog.ts';
import { discover, type Discovery } from '../../src/engine/discover/index.ts';
import { loadSpec } from '../../src/engine/load-spec.ts';
import { resolve } from '../../src/engine/resolve/index.ts';
import { runControls } from '../../src/engine/run.ts';
import type { KubeObject } from '../../src/model/kube.ts';
import type { Spec } from '../../src/model/spec.ts';
import { memoryTree } from '../fixture-platform.ts';
import { idOf } from './make.ts';
import type { Change, Mutation } from './types.ts';

const ENVIRONMENT = 'production';

/** The reference platform after its mends, read once. */
export interface Subject {
  readonly discovery: Discovery;
  readonly spec: Spec;
  readonly objects: readonly KubeObject[];
  /** Text of every file that is no render of another. */
  readonly files: ReadonlyMap<string, string>;
}

export async function mendedExample(): Promise<Subject> {
  const base = mkdtempSync(join(tmpdir(), 'launchgate-mutation-'));
  try {
    const { root } = copyExample(base, {});
    applyMends(root, readMends(root));
    const tree = openTree(root);
    const spec = loadSpec(tree.text('launchgate.yaml'), 'launchgate.yaml');
    const discovery = await discover(tree, { renderers: noRenderers, spec, environment: ENVIRONMENT });
    const sources = tree.files.filter((path) => !/(?:^|\/)(?:\.git|\.rendered|mends)\//.test(path));
    return {
      discovery,
      spec,
      objects: resolve(discovery, spec, ENVIRONMENT).objects,
      files: new Map(sources.map((path) => [path, tree.text(path)])),
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Controls among `ids` (all without) that fail on the platform with the change, or without one. */
export async function failing(subject: Subject, ids?: readonly string[], change?: Change): Promise<string[]> {
  const discovery = change === undefined ? subject.discovery : await withChange(subject, change);
  const chosen = ids === undefined ? controls : controls.filter(({ meta }) => ids.includes(meta.id));
  const { conclusions } = runControls(resolve(discovery, subject.spec, ENVIRONMENT), chosen);
  const failed = conclusions.filter(({ result }) => result.outcome === 'fail').map(({ control }) => control.meta.id);
  return [...new Set(failed)].sort();
}

export interface Verdict {
  readonly mutation: Mutation;
  /** The controls that failed, of those whose business it is. */
  readonly caughtBy: readonly string[];
}

export async function judge(subject: Subject, mutation: Mutation): Promise<Verdict> {
  return { mutation, caughtBy: await failing(subject, mutation.controls, mutation.change) };
}

function withChange(subject: Subject, change: Change): Promise<Discovery> | Discovery {
  return change.kind === 'object' ? withObject(subject.discovery, change.id, change.body) : withFile(subject, change);
}

function withObject(discovery: Discovery, id: string, body: KubeObject['body'] | undefined): Discovery {
  const rendered = new Map(
    [...discovery.rendered].map(([deployable, one]) => [
      deployable,
      {
        ...one,
        objects: one.objects.flatMap((object) => (idOf(object) === id ? changedObject(object, body) : [object])),
      },
    ]),
  );
  return { ...discovery, rendered };
}

function changedObject(object: KubeObject, body: KubeObject['body'] | undefined): KubeObject[] {
  if (body === undefined) return [];
  const { labels } = body['metadata'] as { labels?: Readonly<Record<string, string>> };
  return [{ ...object, body, labels: labels ?? {} }];
}

/** The file read again, Terraform with all of its modules; a config map that carries it carries the changed text as well. */
async function withFile(
  { discovery, files }: Subject,
  { path, text }: Extract<Change, { kind: 'file' }>,
): Promise<Discovery> {
  const beside = path.endsWith('.tf') ? [...files].filter(([other]) => other.endsWith('.tf')) : [];
  const tree = memoryTree({ ...Object.fromEntries(beside), [path]: text });
  const read = await discover(tree, { renderers: noRenderers });
  const base = [...discovery.rendered.values()]
    .flatMap(({ objects }) => objects)
    .reduce((now, object) => {
      const body = carrying(object, files.get(path), text);
      return body === undefined ? now : withObject(now, idOf(object), body);
    }, discovery);
  return {
    ...base,
    documents: [...base.documents.filter((document) => document.path !== path), ...read.documents],
    terraform: beside.length > 0 ? read.terraform : base.terraform,
  };
}

/** The body of a config map or Secret that carried a file, with its new text; `undefined` for any other object. */
function carrying({ kind, body }: KubeObject, old: string | undefined, text: string): KubeObject['body'] | undefined {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return undefined;
  const secret = kind === 'Secret';
  const isOld = (one: string): boolean => (secret ? Buffer.from(one, 'base64').toString() : one) === old;
  const written = secret ? Buffer.from(text).toString('base64') : text;
  const data = Object.entries((body['data'] ?? {}) as Record<string, string>);
  if (!data.some(([, one]) => isOld(one))) return undefined;
  return { ...body, data: Object.fromEntries(data.map(([key, one]) => [key, isOld(one) ? written : one])) };
}
