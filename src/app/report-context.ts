import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { PlatformFacts } from '../model/platform.ts';
import type { ReportContext } from '../report/context.ts';
import { topologyOf } from '../report/topology/model.ts';

const DOCS = 'https://github.com/launchgate/launchgate/blob/main/docs/controls';

/** What reports say beside the findings: the catalog, the topology picture, and where the root lies in its repository. */
export async function reportContext(
  facts: PlatformFacts,
  root: string,
  repositoryTop?: string,
): Promise<ReportContext> {
  const { catalog } = await import('../controls/catalog.ts');
  const prefix = repositoryTop === undefined ? '' : relative(repositoryTop, realpathSync(root)).split(sep).join('/');
  return {
    controls: catalog,
    docs: DOCS,
    ...(prefix === '' || prefix.startsWith('..') ? {} : { prefix }),
    topology: topologyOf(facts),
    tracks: facts.spec.tracks,
  };
}
