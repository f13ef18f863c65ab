import { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { embedded } from './embedded.ts';
import { listOf, text } from './lenient.ts';

/** A data source that Grafana is provisioned with. */
export interface DataSource {
  readonly name: string;
  readonly uid?: string;
  readonly type: string;
  readonly url?: string;
  readonly isDefault: boolean;
  readonly origin: Origin;
}

/** Data sources that files of provisioning or GrafanaDatasource objects set up. Reads the class `kubernetes`. */
export const dataSources = oncePerPlatform((view: PlatformView): readonly DataSource[] => [
  ...view.objects('ConfigMap').flatMap((object) => textsOf(cursor(object).get('data'))),
  ...view.objects('Secret').flatMap((object) => textsOf(cursor(object).get('stringData'))),
  ...view
    .objects('GrafanaDatasource')
    .map((object) => dataSource(cursor(object).get('spec', 'datasource'), object.origin)),
]);

function textsOf(data: Cursor): DataSource[] {
  return data.entries().flatMap(([, held]) => {
    if (typeof held.value !== 'string' || !/^\s*["']?datasources["']?\s*:/m.test(held.value)) return [];
    const parsed = embedded(held.value);
    if (parsed === undefined) return [];
    return listOf(new Cursor(parsed, { path: '' }).get('datasources')).map((each) => dataSource(each, held.origin));
  });
}

function dataSource(at: Cursor, origin: Origin): DataSource {
  const [uid, url] = [text(at.get('uid')), text(at.get('url'))];
  return {
    name: text(at.get('name')) ?? '',
    ...(uid === undefined ? {} : { uid }),
    type: text(at.get('type')) ?? '',
    ...(url === undefined ? {} : { url }),
    isDefault: at.get('isDefault').value === true,
    origin,
  };
}
