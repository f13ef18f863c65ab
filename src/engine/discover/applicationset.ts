import { Cursor, isMapping } from '../../model/cursor.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import type { Application } from './argocd.ts';
import { generate } from './generators.ts';
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
  const template = at.get('spec', 'template').value;
  const patch = at.get('spec', 'templatePatch').string();
  const unknown: string[] = [];
  const applications = at
    .get('spec', 'generators')
    .items()
    .flatMap((generator) => {
      const made = generate(survey, generator);
      unknown.push(...made.unknown);
      const [kind = 'unknown', options] = generator.entries().find(([key]) => key !== 'selector') ?? [];
      if (made.params.length === 0 && made.unknown.length === 0 && kind !== 'list')
        unknown.push(`its ${kind} generator, which finds nothing in this repository`);
      const own = options?.get('template').value;
      const whole = isMapping(template) && isMapping(own) ? mergeValues(template, own) : template;
      return made.params.flatMap((params): Application[] => {
        if (!isMapping(whole)) return [];
        const body = fillIn(whole, params);
        if (!isMapping(body)) return [];
        const patched = patch === undefined ? body : applyPatch(body, String(fillIn(patch, params)));
        const application = { declaredBy: manifest.path, line: manifest.line, generated: true } as const;
        if (patched !== undefined) return [{ body: patched, ...application }];
        return [{ body, ...application, unevaluated: 'a templatePatch that only Argo CD can evaluate' }];
      });
    });
  return { applications, unknown: [...new Set(unknown)] };
}

function applyPatch(body: Application['body'], patch: string): Application['body'] | undefined {
  if (patch.includes('{{')) return undefined;
  const parsed = parseYamlDocuments(patch, { dialect: 'kubernetes', path: 'patch.yaml' }).documents[0]?.value;
  return isMapping(parsed) ? mergeValues(body, parsed) : undefined;
}
