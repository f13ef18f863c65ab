/** Configurations of tenants of Mimir, Cortex and Amazon's managed Prometheus. Reads the classes `alertmanager-config`, `kubernetes` and `terraform`. */
import { Cursor, isMapping } from '../../../../model/cursor.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { textIn } from '../../grafana/terraform-values.ts';
import { managedResources } from '../../../topology/index.ts';
import { orRefusal, Refused } from '../../shapes/refused.ts';
import { readConfig } from './config.ts';
import { filesOf, parseEmbedded, shownAt } from './embedded.ts';
import { settled, type FoundAlertmanager } from './found.ts';

interface Tenant {
  readonly name: string;
  readonly data: unknown;
  readonly origin: Origin;
}

/** Each is a configuration as text, beside the templates that it names: what `mimirtool alertmanager load` and the API send. */
export function ofTenants(view: PlatformView): FoundAlertmanager[] {
  const files = view
    .data('alertmanager-config')
    .map(({ path, data, origin }): Tenant => ({ name: path, data, origin }));
  const mounted = [...view.objects('ConfigMap'), ...view.objects('Secret')].flatMap((object) =>
    filesOf(object).flatMap((file): Tenant[] => {
      if (!/^["']?alertmanager_config["']?\s*:/m.test(file.text)) return [];
      const parsed = parseEmbedded(file);
      const name = `${object.kind} ${object.namespace ?? 'default'}/${object.name}, ${file.key}`;
      return 'data' in parsed ? [{ name, data: parsed.data, origin: file.origin }] : [];
    }),
  );
  const ofAmazon = managedResources(view, 'aws_prometheus_alert_manager_definition').map((resource) => {
    const text = textIn(resource, 'definition') ?? '';
    const parsed = parseEmbedded({ key: 'definition', text, origin: resource.origin });
    const tenant = {
      name: resource.address,
      data: 'data' in parsed ? parsed.data : undefined,
      origin: resource.origin,
    };
    return isTenant(tenant.data) ? read(tenant) : hidden(tenant);
  });
  return [...[...files, ...mounted].filter(({ data }) => isTenant(data)).map(read), ...ofAmazon];
}

/** The text of a configuration under `alertmanager_config`. */
export function isTenant(data: unknown): boolean {
  return isMapping(data) && typeof data['alertmanager_config'] === 'string';
}

function hidden({ name, origin }: Tenant): FoundAlertmanager {
  return { name, origin, config: undefined, rejected: [], editable: false, unseen: 'its definition cannot be told' };
}

function read({ name, data, origin }: Tenant): FoundAlertmanager {
  const at = new Cursor(data, origin);
  const text = at.get('alertmanager_config');
  const base = { name, origin, rejected: [], editable: false };
  const parsed = parseEmbedded({ key: name, text: text.string() ?? '', origin: text.origin });
  if ('problem' in parsed)
    return { ...base, config: undefined, refused: { because: parsed.problem, origin: text.origin } };
  const allowed = orRefusal(() => onlyWhatTenantsMay(parsed.data, at));
  const found = settled('refused' in allowed ? allowed : readConfig(parsed.data, text.origin));
  return { ...base, ...shownAt(found, text.origin) };
}

/** Tenants name no files of the machine, and no templates but their own (grafana/mimir `pkg/alertmanager/api.go`, `validateUserConfig`). */
function onlyWhatTenantsMay(data: unknown, at: Cursor): void {
  const config = new Cursor(data, at.origin);
  const file = [config.get('global').value, config.get('receivers').value].map(fileIn).find((key) => key !== undefined);
  if (file !== undefined) throw new Refused(`${file}: a tenant may name no file`, at.origin);
  const own = Object.keys(isMapping(at.get('template_files').value) ? (at.get('template_files').value as object) : {});
  const missing = config
    .get('templates')
    .strings()
    .find((name) => !name.includes('*') && !own.includes(name));
  if (missing !== undefined) throw new Refused(`template ${missing} is not among template_files`, at.origin);
}

/** The first key that names a file, wherever it stands. */
function fileIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(fileIn).find((key) => key !== undefined);
  if (!isMapping(value)) return undefined;
  return Object.entries(value)
    .map(([key, below]) => (key.endsWith('_file') && below !== '' ? key : fileIn(below)))
    .find((key) => key !== undefined);
}
