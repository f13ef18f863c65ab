import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { ServiceInput } from '../types.ts';
import { protocolAt } from './policies.ts';
import { readOrRefuse } from './refused.ts';

/** A Service; none where it could not be read or is a mere name for something outside. */
export function readService(object: KubeObject): ServiceInput[] {
  const read = readOrRefuse(() => serviceOf(object));
  return 'value' in read && read.value !== undefined ? [read.value] : [];
}

function serviceOf(object: KubeObject): ServiceInput | undefined {
  const spec = cursor(object).get('spec');
  if (object.apiVersion !== 'v1' || spec.get('type').string() === 'ExternalName') return undefined;
  const selector = spec.get('selector').stringMap();
  return {
    namespace: object.namespace ?? 'default',
    name: object.name,
    selector: Object.keys(selector).length === 0 ? undefined : selector,
    ports: spec.get('ports').items().flatMap(portOf),
    origin: object.origin,
  };
}

function portOf(at: Cursor): ServiceInput['ports'][number][] {
  const port = at.get('port').integer();
  if (port === undefined) return [];
  const name = at.get('name').string();
  const target = at.get('targetPort').integerOrString() ?? port;
  return [{ protocol: protocolAt(at.get('protocol')), port, target, ...(name === undefined ? {} : { name }) }];
}
