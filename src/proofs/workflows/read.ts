import { Cursor, isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Entry, Job, LocalAction, Permissions, Pipelines, Step, Trigger, Workflow } from './types.ts';

/** Reads the workflows and actions of the repository (classes `github-workflow` and `github-action`). */
export function readPipelines(view: PlatformView): Pipelines {
  return {
    workflows: view.data('github-workflow').map(readWorkflow),
    actions: view.data('github-action').map(readAction),
  };
}

export function readWorkflow({ path, data, origin }: DataDocument): Workflow {
  const root = new Cursor(data, origin);
  return {
    path,
    name: root.get('name').string() ?? path,
    triggers: triggersOf(root.get('on')),
    ...permissionsOf(root.get('permissions')),
    env: entriesOf(root.get('env')),
    jobs: root
      .get('jobs')
      .entries()
      .map(([id, at]) => readJob(id, at, directoryOf(root.get('defaults', 'run')))),
    origin,
  };
}

export function readAction({ path, data, origin }: DataDocument): LocalAction {
  const root = new Cursor(data, origin);
  const runs = root.get('runs');
  const image = runs.get('image');
  const text = image.string();
  return {
    folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
    path,
    inputs: root
      .get('inputs')
      .entries()
      .map(([name, input]) => ({ name, value: defaultOf(input), origin: input.origin })),
    steps: runs.get('steps').items().map(readStep),
    ...(text === undefined || !text.startsWith('docker://') ? {} : { image: image.at(text) }),
  };
}

function defaultOf(input: Cursor): string {
  return isMapping(input.value) ? (textOf(input.get('default').value) ?? '') : '';
}

function triggersOf(on: Cursor): Trigger[] {
  if (typeof on.value === 'string') return [{ event: on.value, inputs: [], origin: on.origin }];
  if (Array.isArray(on.value))
    return on.items().map((item) => ({ event: item.string() ?? '', inputs: [], origin: item.origin }));
  return on.entries().map(([event, at]) => triggerOf(event, at));
}

function triggerOf(event: string, at: Cursor): Trigger {
  if (!isMapping(at.value)) return { event, inputs: [], origin: at.origin };
  return {
    event,
    ...listed('branches', at.get('branches')),
    ...listed('branchesIgnore', at.get('branches-ignore')),
    ...listed('tags', at.get('tags')),
    ...listed('tagsIgnore', at.get('tags-ignore')),
    ...listed('types', at.get('types')),
    ...listed('workflows', at.get('workflows')),
    inputs: at
      .get('inputs')
      .entries()
      .map(([name, input]) => {
        const fallback = textOf(input.get('default').value);
        return {
          name,
          options: input.get('options').items().map(textAt),
          ...(fallback === undefined ? {} : { fallback }),
        };
      }),
    origin: at.origin,
  };
}

function readJob(id: string, at: Cursor, usual: string | undefined): Job {
  const directory = directoryOf(at.get('defaults', 'run')) ?? usual;
  const strategy = at.get('strategy', 'matrix');
  const named = at.get('environment');
  return {
    id,
    ...optional('name', textOf(at.get('name').value)),
    ...optionalAt('uses', at.get('uses')),
    with: entriesOf(at.get('with')),
    ...optionalAt('environment', isMapping(named.value) ? named.get('name') : named),
    ...permissionsOf(at.get('permissions')),
    env: entriesOf(at.get('env')),
    steps: at
      .get('steps')
      .items()
      .map((step) => ({ ...optional('directory', directory), ...readStep(step) })),
    ...optional('condition', textOf(at.get('if').value)),
    needs: oneOrMore(at.get('needs')),
    matrix: isMapping(strategy.value) ? matrixOf(strategy) : {},
    services: isMapping(at.get('services').value)
      ? at
          .get('services')
          .entries()
          .flatMap(([, service]) => textsAt(isMapping(service.value) ? service.get('image') : service))
      : [],
    ...optionalAt(
      'container',
      isMapping(at.get('container').value) ? at.get('container', 'image') : at.get('container'),
    ),
    continueOnError: mayFail(at),
    origin: at.origin,
  };
}

function readStep(at: Cursor): Step {
  return {
    ...optional('id', textOf(at.get('id').value)),
    ...optional('name', textOf(at.get('name').value)),
    ...optionalAt('uses', at.get('uses')),
    ...optionalAt('run', at.get('run')),
    ...optional('directory', directoryOf(at)),
    with: entriesOf(at.get('with')),
    env: entriesOf(at.get('env')),
    ...optional('condition', textOf(at.get('if').value)),
    continueOnError: mayFail(at),
    origin: at.origin,
  };
}

/** Of a step, or of the defaults of a job or a workflow. */
function directoryOf(at: Cursor): string | undefined {
  return textOf(at.get('working-directory').value);
}

function mayFail(at: Cursor): boolean {
  return textOf(at.get('continue-on-error').value) === 'true';
}

function matrixOf(strategy: Cursor): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  const add = (key: string, value: unknown): void => {
    const text = textOf(value);
    if (text !== undefined) (values[key] ??= []).push(text);
  };
  for (const [key, at] of strategy.entries()) {
    if (!Array.isArray(at.value)) continue;
    for (const item of at.items()) {
      if (key !== 'include') add(key, item.value);
      else if (isMapping(item.value)) for (const [name, value] of Object.entries(item.value)) add(name, value);
    }
  }
  return values;
}

function permissionsOf(at: Cursor): { permissions?: At<Permissions> } {
  if (!at.exists) return {};
  if (at.value === 'read-all' || at.value === 'write-all') return { permissions: at.at(at.value) };
  return { permissions: at.at(at.stringMap()) };
}

/** Environment or inputs; those given as one expression cannot be told apart and are left out. */
function entriesOf(at: Cursor): Entry[] {
  if (!isMapping(at.value)) return [];
  return at.entries().flatMap(([name, item]) => {
    const value = textOf(item.value);
    return value === undefined ? [] : [{ name, value, origin: item.origin }];
  });
}

function oneOrMore(at: Cursor): string[] {
  return typeof at.value === 'string' ? [at.value] : at.strings();
}

function listed<K extends string>(key: K, at: Cursor): { readonly [P in K]?: string[] } {
  if (!at.exists) return {};
  const values = typeof at.value === 'string' ? [at.value] : at.items().map(textAt);
  return { [key]: values } as { readonly [P in K]?: string[] };
}

function optionalAt<K extends string>(key: K, at: Cursor): { readonly [P in K]?: At<string> } {
  const text = textOf(at.value);
  return text === undefined ? {} : ({ [key]: at.at(text) } as { readonly [P in K]?: At<string> });
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}

function textsAt(at: Cursor): At<string>[] {
  const text = textOf(at.value);
  return text === undefined || text === '' ? [] : [at.at(text)];
}

function textAt(at: Cursor): string {
  return textOf(at.value) ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
