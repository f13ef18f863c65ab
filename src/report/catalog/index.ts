import { STAGES, type ControlMeta } from '../../model/control.ts';
import type { HumanOptions } from '../context.ts';
import { mdCode, mdText } from '../markdown/escape.ts';
import { counted } from '../order.ts';
import { pageOf, type Page } from '../text/page.ts';

/**
 * The whole catalog by stage, as `human`, `json` or `markdown`. `built` holds the ids of the controls that prove something
 * already; the others are known, so that a gate can name them as missing.
 */
export function renderCatalog(
  catalog: readonly ControlMeta[],
  built: ReadonlySet<string>,
  format: string,
  options: HumanOptions,
): string {
  if (format === 'json') return catalogJson(catalog, built);
  if (format === 'markdown') return catalogMarkdown(catalog, built);
  return catalogHuman(pageOf(options), catalog, built);
}

function catalogJson(catalog: readonly ControlMeta[], built: ReadonlySet<string>): string {
  const controls = catalog.map((meta) => ({ ...meta, built: built.has(meta.id) }));
  return `${JSON.stringify({ apiVersion: 'launchgate/v1', kind: 'Catalog', controls }, undefined, 2)}\n`;
}

function catalogMarkdown(catalog: readonly ControlMeta[], built: ReadonlySet<string>): string {
  const sections = stages(catalog).flatMap(([stage, metas]) => [
    `## ${stage}`,
    '',
    '| Control | Title | Must hold | Severity | Launch | Built |',
    '| --- | --- | --- | --- | --- | --- |',
    ...metas.map(
      (meta) =>
        `| ${mdCode(meta.id)} | ${mdText(meta.title)} | ${mdText(meta.statement)} | ${meta.severity} | ${meta.launch ? 'yes' : ''} | ${built.has(meta.id) ? 'yes' : ''} |`,
    ),
    '',
  ]);
  return ['# Controls', '', ...sections].join('\n');
}

function catalogHuman(page: Page, catalog: readonly ControlMeta[], built: ReadonlySet<string>): string {
  const lines = stages(catalog).flatMap(([stage, metas]) =>
    page.section(
      stage,
      metas.length,
      page.columns(
        2,
        metas.map((meta) => [
          meta.id,
          meta.title,
          meta.launch ? 'launch' : '',
          built.has(meta.id) ? '' : 'not built yet',
        ]),
        ['strong', undefined, 'path', 'quiet'],
      ),
    ),
  );
  const count = catalog.filter((meta) => built.has(meta.id)).length;
  return [
    ...page.text(
      0,
      `${counted(catalog.length, 'control')}, ${count} of them built. A gate names the others as missing.`,
    ),
    ...lines,
    '',
    ...page.labelled(0, 'Next', 'launchgate controls ID', 'quiet'),
    '',
  ].join('\n');
}

function stages(catalog: readonly ControlMeta[]): [string, ControlMeta[]][] {
  return STAGES.map((stage): [string, ControlMeta[]] => [stage, catalog.filter((meta) => meta.stage === stage)]).filter(
    ([, metas]) => metas.length > 0,
  );
}
