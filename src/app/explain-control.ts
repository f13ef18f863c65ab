import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AnyControl, ControlMeta } from '../model/control.ts';
import type { HumanOptions } from '../report/context.ts';
import { renderControl } from '../report/catalog/control.ts';

/** One control explained: its statement, what it reads, why it matters, its params with their defaults. */
export async function explainControl(
  meta: ControlMeta,
  control: AnyControl | undefined,
  format: string,
  options: HumanOptions,
): Promise<string> {
  const schema =
    control === undefined
      ? undefined
      : (z.toJSONSchema(control.params, { io: 'input', unrepresentable: 'any' }) as {
          properties?: Readonly<Record<string, unknown>>;
        });
  if (format === 'json')
    return JSON.stringify(
      {
        apiVersion: 'launchgate/v1',
        kind: 'Control',
        ...meta,
        built: control !== undefined,
        synth: control?.synth !== undefined,
        params: schema?.properties ?? {},
      },
      undefined,
      2,
    );
  return renderControl(meta, pageOf(meta.id), { ...options, width: format === 'markdown' ? 200 : options.width });
}

/** The control's page, which the package carries; it is generated from the sources. */
function pageOf(id: string): string | undefined {
  for (const up of ['../docs/controls', '../../docs/controls']) {
    const page = new URL(`${up}/${id}.md`, import.meta.url);
    if (existsSync(page)) return readFileSync(page, 'utf8');
  }
  return undefined;
}
