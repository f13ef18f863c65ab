/** Promtail: it sends what its `scrape_configs` read to all of its `clients`. https://grafana.com/docs/loki/latest/send-data/promtail/configuration/ */
import { Cursor } from '../../model/cursor.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';
import type { ConfigFile } from './files.ts';

/** Addresses that lines come to; none where nothing is read. */
export function promtailSinks(files: readonly ConfigFile[]): string[] {
  return files.flatMap(({ text }) => {
    if (!/^(?:clients?|scrape_configs):/m.test(text)) return [];
    const root = new Cursor(embedded(text), { path: '' });
    if (root.get('scrape_configs').items().length === 0) return [];
    return [...root.get('clients').items(), root.get('client')].flatMap((client) => client.get('url').string() ?? []);
  });
}
