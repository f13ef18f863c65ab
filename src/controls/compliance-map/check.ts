import type { Patch, Query, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { CATALOG_MAPPING, NUMBERS, type Framework } from './mapping.ts';
import { compliancePage, criteriaOf, type Mapping } from './table.ts';

interface Scope {
  readonly name: string;
  /** Services and stores that the spec describes. */
  readonly described: number;
  /** Controls the spec names: those of its tracks, and its own. */
  readonly named: readonly string[];
  /** Controls that the spec takes out as a whole. */
  readonly excluded: readonly string[];
  /** The Markdown pages that begin as the export does. */
  readonly pages: readonly { readonly path: string; readonly text: string }[];
}

export interface Params {
  readonly frameworks: readonly Framework[];
  readonly mapping: Mapping;
  readonly uncovered: readonly string[];
  readonly path: string;
  readonly exported: boolean;
}

export function scope(): Query<Scope> {
  return (view) => {
    const { spec } = view;
    const tracked = spec.tracks.flatMap(({ controls }) => controls);
    return {
      name: spec.name,
      described: spec.services.length + spec.stores.length,
      named: [...new Set([...tracked, ...spec.controls.map(({ id }) => id)])].sort(),
      excluded: spec.notApplicable.filter(({ subject }) => subject === undefined).map(({ control }) => control),
      pages: view
        .texts('markdown')
        .filter(({ text }) => text.startsWith('# Compliance map of '))
        .map(({ path, text }) => ({ path, text })),
    };
  };
}

export function check(_subject: Subject, input: Scope, params: Params): Result {
  if (input.described === 0 && input.named.length === 0)
    return inconclusive(
      'the spec describes no service, no store and no control, so nobody can tell what has to be mapped',
    );
  const all = { ...CATALOG_MAPPING, ...params.mapping };
  const mapping = inScope(input, params);
  const findings = [
    ...input.named.filter((id) => !Object.hasOwn(all, id)).map((id) => unmapped(id)),
    ...params.frameworks.flatMap((framework) => malformed(params.mapping, framework)),
    ...params.frameworks.flatMap((framework) => uncovered(all, mapping, framework, params)),
    ...judgeExport(input, params),
  ];
  const counts = params.frameworks.map((framework) => `${criteriaOf(mapping, framework).length} of ${framework}`);
  return failOr(findings, `${Object.keys(mapping).length} controls are mapped to criteria: ${counts.join(', ')}`, {
    controls: Object.keys(mapping).length,
  });
}

/** Writes the map, where it is asked for or has fallen behind. */
export function synth(_subject: Subject, input: Scope, params: Params): Patch[] {
  if (judgeExport(input, params).length === 0) return [];
  const mends = check(_subject, { ...input, pages: [{ path: params.path, text: exportOf(input, params) }] }, params);
  if (mends.outcome !== 'pass') return [];
  return [
    {
      op: 'create-file',
      path: params.path,
      content: exportOf(input, params),
      reason: 'the compliance map is missing or out of date',
    },
  ];
}

function inScope({ excluded }: Scope, params: Params): Mapping {
  const all = Object.entries({ ...CATALOG_MAPPING, ...params.mapping });
  return Object.fromEntries(all.filter(([id]) => !excluded.includes(id)));
}

function exportOf(input: Scope, params: Params): string {
  return compliancePage(input.name, inScope(input, params), params.frameworks);
}

function unmapped(id: string): Finding {
  return finding(`${id} is mapped to no criterion`, `Name the criteria under params.compliance-map.mapping.${id}.`);
}

function malformed(mapping: Mapping, framework: Framework): Finding[] {
  return Object.entries(mapping).flatMap(([id, criteria]) =>
    criteria[framework]
      .filter((criterion) => !NUMBERS[framework].test(criterion))
      .map((criterion) =>
        finding(`${id} is mapped to ${criterion}, which is no criterion of ${framework}`, 'Correct the number.'),
      ),
  );
}

/** Criteria that only controls taken out of scope would have given evidence for. */
function uncovered(all: Mapping, mapping: Mapping, framework: Framework, params: Params): Finding[] {
  const covered = new Set(criteriaOf(mapping, framework));
  return criteriaOf(all, framework)
    .filter((criterion) => !covered.has(criterion) && !params.uncovered.includes(criterion))
    .map((criterion) => {
      const lost = Object.keys(all).filter((id) => all[id]?.[framework].includes(criterion) === true);
      return finding(
        `nothing in scope gives evidence for ${criterion}: the spec takes out ${lost.sort().join(', ')}`,
        `Map another control to ${criterion}, or list it under uncovered if the auditor agrees.`,
      );
    });
}

function judgeExport(input: Scope, params: Params): Finding[] {
  const page = input.pages.find(({ path }) => path === params.path);
  const remedy = 'Write it with "launchgate synth --control compliance-map --write".';
  if (page === undefined)
    return params.exported
      ? [{ ...finding(`the map is not exported to ${params.path}`, remedy), fromAbsence: true }]
      : [];
  if (page.text === exportOf(input, params)) return [];
  return [
    { ...finding(`${page.path} is not the map as it is now`, remedy), origin: { path: page.path, line: 1, column: 1 } },
  ];
}

function finding(message: string, remediation: string): Finding {
  return { message, severity: 'low', remediation };
}
