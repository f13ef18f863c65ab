import { Cursor, isMapping } from '../../model/cursor.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import type { Application } from './argocd.ts';
import { generate, type Generated } from './generators.ts';
import { fillIn } from './interpolate.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';
import { mergeValues } from './values.ts';

/** What an ApplicationSet makes, as far as files tell, and what only a cluster or a forge knows. */
export interface ApplicationSetResult {
  readonly applications: readonly Application[];
  /** In words. */
  readonly unknown: readonly string[];
}

/**
 * Expands an ApplicationSet. Expressions nobody here knows stay in the text, so that a path which needs them is reported and
 * one which does not is still found. https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/
 */
export function expandApplicationSet(survey: Survey, manifest: Manifest): ApplicationSetResult {
  const at = new Cursor(manifest.body, { path: manifest.path, document: manifest.index });
  const generators = at.get('spec', 'generators').items();
  const made: Generated = generate(survey, generators, {});
  const unknown = [...made.unknown];
  const template = at.get('spec', 'template').value;
  const patch = at.get('spec', 'templatePatch').string();
  const applications = made.params.flatMap((params) => {
    if (!isMapping(template)) return [];
    const body = fillIn(template, params);
    const patched = patch === undefined ? body : applyPatch(body, String(fillIn(patch, params)));
    if (patched === undefined) unknown.push('a templatePatch that only Argo CD can evaluate');
    return isMapping(patched) ? [{ body: patched, declaredBy: manifest.path, line: manifest.line }] : [];
  });
  return { applications, unknown: [...new Set(unknown)] };
}

function applyPatch(body: unknown, patch: string): unknown {
  if (patch.includes('{{') || !isMapping(body)) return undefined;
  const parsed = parseYamlDocuments(patch, { dialect: 'kubernetes', path: 'patch.yaml' }).documents[0]?.value;
  return isMapping(parsed) ? mergeValues(body, parsed) : undefined;
}
