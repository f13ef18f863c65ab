import type { Cursor } from '../../../model/cursor.ts';
import { workloadName } from '../../../model/kube.ts';
import { readIni } from '../judges/ini.ts';
import { document, type Told } from '../told.ts';
import type { Care, Connection } from '../types.ts';
import { careOfMode, hostsOf } from './url.ts';

/** PgBouncer's `server_tls_sslmode`, `prefer` unless set, for the servers named in `[databases]`. */
export function pgBouncerServers({ workload, files }: Told): Connection[] {
  const file = files.find(({ path }) => path.endsWith('.ini'));
  if (file === undefined) return [];
  const settings = readIni(file.text, file.origin);
  const mode = settings['pgbouncer.server_tls_sslmode'];
  return Object.entries(settings)
    .filter(([name]) => name.startsWith('databases.'))
    .flatMap(([, { value, origin }]) => {
      const host = /(?:^|\s)host\s*=\s*([^\s]+)/.exec(value)?.[1] ?? '';
      const port = Number(/(?:^|\s)port\s*=\s*(\d+)/.exec(value)?.[1] ?? 5432);
      return hostsOf(host, port).map((address): Connection => ({
        from: workloadName(workload),
        ...address,
        care: careOfMode(mode?.value ?? 'prefer') ?? 'unknown',
        because:
          mode === undefined ? 'server_tls_sslmode is not set, which is prefer' : `server_tls_sslmode is ${mode.value}`,
        origin: mode?.origin ?? origin,
      }));
    });
}

/** Temporal's SQL stores: `persistence.datastores.*.sql.tls` (`common/auth/tls.go`: `enabled`, `enableHostVerification`). */
export function temporalStores(told: Told): Connection[] {
  const at = document(
    told.view,
    told.files.find(({ path, text }) => /\.ya?ml$/.test(path) && /\bpersistence:/.test(text)),
  );
  return (at?.get('persistence', 'datastores').entries() ?? []).flatMap(([name, store]) => {
    const sql = store.get('sql');
    const { care, because } = careOfTemporal(sql.get('tls'));
    return hostsOf(String(sql.get('connectAddr').value ?? '')).map((address) => ({
      from: workloadName(told.workload),
      ...address,
      care,
      because: `in the store ${name} ${because}`,
      origin: sql.origin,
    }));
  });
}

function careOfTemporal(tls: Cursor): { care: Care; because: string } {
  if (tls.get('enabled').value !== true) return { care: 'plaintext', because: 'tls.enabled is not true' };
  return tls.get('enableHostVerification').value === true
    ? { care: 'verified', because: 'tls.enableHostVerification is true' }
    : { care: 'encrypted', because: 'tls.enableHostVerification is not true' };
}
