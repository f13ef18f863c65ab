import { z } from 'zod';
import { STAGES, type AnyControl, type ControlMeta } from '../src/model/control.ts';

/** The documentation page of a control, from its metadata, params and readme. */
export function controlPage(meta: ControlMeta, control: AnyControl | undefined, readme: string | undefined): string {
  const halves = meta.halves.map(
    (half) => `${half}${isBuilt(control, half) ? '' : ' (not built yet: always missing)'}`,
  );
  return [
    `# ${meta.id}: ${meta.title}`,
    '',
    meta.statement,
    '',
    '| | |',
    '| --- | --- |',
    `| Area | ${meta.area} |`,
    `| Due | ${meta.stage}${meta.launch ? ', required by the public launch' : ''} |`,
    `| Sources | ${meta.sources.join(', ')} |`,
    `| Halves | ${halves.join(', ')} |`,
    `| Writes patches | ${control?.synth === undefined ? 'no' : 'yes, `launchgate synth`'} |`,
    `| Waivable | ${meta.waivable ? 'yes' : 'no'} |`,
    `| Severity | ${meta.severity} |`,
    `| Reads | ${meta.reads.join(', ')} |`,
    '',
    ...(control === undefined ? ['This control is not built yet. A gate that requires it stays closed.', ''] : []),
    ...(readme === undefined ? [] : [fromPages(readme.trim()), '']),
    ...(control === undefined ? [] : paramsTable(control)),
  ].join('\n');
}

/** The index of all pages, by stage. */
export function catalogPage(catalog: readonly ControlMeta[], built: ReadonlySet<string>): string {
  const sections = STAGES.flatMap((stage) => {
    const rows = catalog.filter((meta) => meta.stage === stage);
    if (rows.length === 0) return [];
    return [
      `## ${stage}`,
      '',
      '| Control | Must hold | Launch | Built |',
      '| --- | --- | --- | --- |',
      ...rows.map(
        (meta) =>
          `| [${meta.id}](${meta.id}.md) | ${meta.statement} | ${meta.launch ? 'yes' : ''} | ${built.has(meta.id) ? 'yes' : ''} |`,
      ),
      '',
    ];
  });
  return [
    '# Controls',
    '',
    `${catalog.length} controls, ${built.size} of them with at least one half built. Generated from the sources.`,
    '',
    ...sections,
  ].join('\n');
}

/** Links of a readme are relative to the control's folder, those of its page to docs/controls. */
function fromPages(readme: string): string {
  return readme.replaceAll('](../../../docs/', '](../');
}

function isBuilt(control: AnyControl | undefined, half: ControlMeta['halves'][number]): boolean {
  return control?.[half] !== undefined;
}

function paramsTable(control: AnyControl): string[] {
  const schema = z.toJSONSchema(control.params, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, { description?: string; default?: unknown }>;
  };
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return [];
  return [
    '## Params',
    '',
    '| Param | Default | Meaning |',
    '| --- | --- | --- |',
    ...properties.map(
      ([name, { description, default: value }]) =>
        `| \`${name}\` | \`${JSON.stringify(value)?.replaceAll('|', '\\|') ?? ''}\` | ${(description ?? '').replaceAll('|', '\\|')} |`,
    ),
    '',
  ];
}
