import type { Deployable, Gap } from '../../model/platform.ts';
import type { DiscoverOptions, Rendered } from '../discover/discovery.ts';
import type { Survey } from '../discover/survey.ts';
import { dialectOf } from '../read/classify.ts';
import type { ReadStream } from '../read/stream.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { askedApis } from './capabilities.ts';
import { listedFiles, passesUnchanged } from './direct.ts';
import { renderHelm, type HelmRendered } from './helm.ts';
import { readObjects, type RawDocument } from './objects.ts';
import { obstacleOf, unreadable } from './obstacle.ts';
import { fillIn } from './post-build.ts';
import { pinState, readPins, type Pins } from './pins.ts';
import { Scopes } from './scope.ts';

/** Tools that run at the same time. */
const PARALLEL = 2;

/** Documents of one deployable before they are objects, and what could not be read. */
interface Raw {
  readonly deployable: Deployable;
  readonly documents: readonly RawDocument[];
  readonly gaps: readonly Gap[];
  readonly yaml?: string;
  readonly pinned?: string;
}

type RenderOptions = Pick<DiscoverOptions, 'renderers' | 'spec' | 'pins'>;

/** Turns deployables into objects, by id. Terraform roots have none. */
export async function renderAll(
  survey: Survey,
  deployables: readonly Deployable[],
  options: RenderOptions,
): Promise<ReadonlyMap<string, Rendered>> {
  const pins = options.pins === 'never' ? {} : readPins(survey.sources.tree);
  const waiting = [...deployables.filter(({ renderer }) => renderer !== 'terraform').entries()];
  // In the order of the deployables, whichever is ready first: digests are made of what follows from it.
  const raws: Raw[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      raws[next[0]] = await renderOne(survey, next[1], options, pins);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const scopes = new Scopes();
  for (const { value } of raws.flatMap((raw) => raw.documents)) learnFrom(scopes, value);
  return new Map(raws.map((raw) => [raw.deployable.id, finish(raw, scopes)]));
}

function finish({ deployable, documents, gaps, yaml, pinned }: Raw, scopes: Scopes): Rendered {
  const read = readObjects(documents, deployable, scopes);
  return {
    objects: read.objects,
    gaps: [...gaps, ...read.gaps],
    ...(yaml === undefined ? {} : { yaml }),
    ...(pinned === undefined ? {} : { pinned }),
  };
}

function learnFrom(scopes: Scopes, value: unknown): void {
  if (typeof value === 'object' && value !== null) scopes.learn(value as Record<string, unknown>);
}

async function renderOne(survey: Survey, deployable: Deployable, options: RenderOptions, pins: Pins): Promise<Raw> {
  if (deployable.renderer === 'plain') return renderPlain(survey, deployable, options);
  const listed =
    deployable.renderer === 'kustomize' && deployable.kustomize === undefined
      ? listedFiles(survey.kustomize, survey.sources, deployable.path)
      : undefined;
  const plain = listed === undefined ? undefined : readPlain(survey, deployable, listed);
  if (plain !== undefined && passesUnchanged(plain.documents)) return plain;
  const obstacle = obstacleOf(survey, deployable, options.renderers);
  const { outcome: answer, gaps } =
    obstacle === undefined ? await runTool(survey, deployable, options) : { outcome: obstacle, gaps: [] };
  const outcome = answer.ok ? answer : (unreadable(survey, deployable) ?? answer);
  if (outcome.ok) return withGaps(fromYaml(deployable, outcome.yaml), gaps);
  const pinned = pinState(survey.sources.tree, deployable, pins);
  if (pinned.state === 'fresh') return { ...fromYaml(deployable, pinned.yaml), pinned: outcome.reason };
  const reason = pinned.state === 'stale' ? `${pinned.reason}; ${outcome.reason}` : outcome.reason;
  const gap: Gap = {
    path: deployable.path,
    deployable: deployable.id,
    reason,
    fix: outcome.fix,
    hides: ['kubernetes'],
  };
  return { deployable, documents: [], gaps: [gap] };
}

/** A plain folder as its files stand, or with what the application adds where that makes a kustomization of them. */
async function renderPlain(survey: Survey, deployable: Deployable, { renderers }: RenderOptions): Promise<Raw> {
  const { id, path, sources: files, declaredBy, kustomize: { overlay = {}, generated } = {} } = deployable;
  const plain = readPlain(survey, deployable, files);
  const added = Object.keys(overlay).filter((field) => field !== 'namespace');
  if (added.length === 0) return plain;
  const { sources } = survey;
  const readable = files.filter((file) => typeof sources.text(file, []) === 'string');
  const outcome = generated && (await renderers.kustomize(sources.tree, path, overlay, readable));
  if (outcome?.ok === true) return withGaps(fromYaml(deployable, outcome.yaml), plain.gaps);
  const what = `${declaredBy} adds ${added.join(', ')} to it`;
  const gap: Gap = {
    path,
    deployable: id,
    reason: outcome === undefined ? `${what}, which is not applied to a plain folder` : `${what}; ${outcome.reason}`,
    fix: outcome?.fix ?? 'Add a kustomization to the folder.',
    hides: ['kubernetes'],
  };
  return withGaps(plain, [gap]);
}

async function runTool(
  survey: Survey,
  deployable: Deployable,
  { renderers, spec }: RenderOptions,
): Promise<HelmRendered> {
  if (deployable.renderer === 'helm')
    return renderHelm(deployable, askedApis(survey, deployable, spec), survey, renderers);
  const outcome = await renderers.kustomize(survey.sources.tree, deployable.path, deployable.kustomize?.overlay);
  return { outcome, gaps: [] };
}

function withGaps(raw: Raw, gaps: readonly Gap[]): Raw {
  return { ...raw, gaps: [...gaps, ...raw.gaps] };
}

function fromYaml(deployable: Deployable, rendered: string): Raw {
  const { text: yaml, gaps } = fillIn(deployable, rendered);
  const { path, id } = deployable;
  const { documents, problems } = parseYamlDocuments(yaml, { dialect: 'kubernetes', path });
  const fix = 'Correct the templates: their output is not valid YAML.';
  return {
    deployable,
    documents: documents.map(({ value, index, line }) => ({
      value,
      line,
      origin: { path, document: index, rendered: id },
    })),
    gaps: [
      ...gaps,
      ...problems.map(({ message, line }): Gap => ({
        path,
        deployable: id,
        reason: `line ${line} of its rendered output: ${message}`,
        fix,
        hides: ['kubernetes'],
      })),
    ],
    yaml,
  };
}

/** A file with what Flux fills in; line breaks stay where they were. */
function readFilledIn(survey: Survey, path: string, text: string, filled: string): ReadStream {
  if (filled === text) return survey.sources.yaml(path);
  return parseYamlDocuments(filled, { dialect: dialectOf(path), path });
}

function readPlain(survey: Survey, deployable: Deployable, files: readonly string[]): Raw {
  const documents: RawDocument[] = [];
  const gaps: Gap[] = [];
  const { id } = deployable;
  for (const path of files) {
    const text = survey.sources.text(path, ['kubernetes']);
    if (typeof text !== 'string') {
      gaps.push({ ...text, deployable: id });
      continue;
    }
    const filled = fillIn(deployable, text);
    gaps.push(...filled.gaps);
    const { documents: read, problems } = readFilledIn(survey, path, text, filled.text);
    documents.push(...read.map(({ value, index, line }) => ({ value, line, origin: { path, document: index } })));
    for (const { message, line, column } of problems) {
      const fix = `Correct the YAML at line ${line}.`;
      gaps.push({ path, deployable: id, reason: message, fix, hides: ['kubernetes'], line, column });
    }
  }
  return { deployable, documents, gaps };
}
