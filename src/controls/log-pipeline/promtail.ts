/** Promtail: it sends what its `scrape_configs` read to all of its `clients`. https://grafana.com/docs/loki/latest/send-data/promtail/configuration/ */
import { Cursor, isMapping } from '../../model/cursor.ts';
import { listOf, within } from '../../proofs/alerting/lenient.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';
import { matchesEveryLine } from './every-line.ts';
import type { ConfigFile } from './files.ts';

/** Addresses that lines come to; none where nothing is read. */
export function promtailSinks(files: readonly ConfigFile[]): string[] {
  return files.flatMap(({ text }) => {
    if (!/^(?:clients?|scrape_configs):/m.test(text)) return [];
    const root = new Cursor(embedded(text), { path: '' });
    if (root.get('scrape_configs').items().every(dropsAll)) return [];
    return [...root.get('clients').items(), root.get('client')].flatMap((client) => client.get('url').string() ?? []);
  });
}

/** A stage that drops by its expression alone. Conditions hold together, and one on a field need not. Without any Promtail does not start. */
function dropsAll(job: Cursor): boolean {
  return listOf(within(job, 'pipeline_stages')).some((stage) => {
    const { value } = within(stage, 'drop');
    if (!isMapping(value)) return false;
    const conditions = Object.keys(value).filter((key) => key !== 'drop_counter_reason');
    return (
      conditions.length === 0 || (conditions.join() === 'expression' && matchesEveryLine(String(value['expression'])))
    );
  });
}
