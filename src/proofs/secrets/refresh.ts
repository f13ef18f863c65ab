import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Cursor } from '../../model/cursor.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** How a Secret in the cluster follows its source. */
export interface Refresh {
  readonly secret: string;
  /** `ExternalSecret shop/db`. */
  readonly object: string;
  /** Seconds until a new version has arrived; `never`: read once; `undefined`: written in a way that cannot be read here. */
  readonly within: number | 'never' | undefined;
  readonly origin: Origin;
}

/** `spec.refreshInterval` of an ExternalSecret where none is given: the default of its CRD. */
const EXTERNAL_SECRET_DEFAULT = '1h';

/** Every object here that copies a value from a secret store into the cluster, with how soon a new version arrives. */
export function refreshes(view: PlatformView): Refresh[] {
  return [
    ...view.objects('ExternalSecret').map((object) => externalSecret(object)),
    ...view.objects('VaultStaticSecret').map((object) => vaultStaticSecret(object)),
  ];
}

/**
 * External Secrets Operator: an interval of 0 and the policy `CreatedOnce` read the store once; `OnChange` reads it when
 * somebody changes the object, which may be how a rotation is rolled out.
 */
function externalSecret(object: KubeObject): Refresh {
  const spec = cursor(object).get('spec');
  const policy = spec.get('refreshPolicy');
  const interval = spec.get('refreshInterval');
  const name = spec.get('target', 'name').string() ?? object.name;
  if (isGenerated(spec)) return refresh(object, name, undefined, interval.origin);
  const named = policy.string() ?? 'Periodic';
  if (named === 'CreatedOnce') return refresh(object, name, 'never', policy.origin);
  if (named !== 'Periodic') return refresh(object, name, undefined, policy.origin);
  const within = goDuration(String(interval.value ?? EXTERNAL_SECRET_DEFAULT));
  return refresh(object, name, within === 0 ? 'never' : within, interval.origin);
}

/** A generator makes a new value at each reading, so it is read once on purpose and rotated by hand. */
function isGenerated(spec: Cursor): boolean {
  return spec
    .get('dataFrom')
    .items()
    .some((source) => source.get('sourceRef', 'generatorRef').exists);
}

/** Vault Secrets Operator: without `refreshAfter` it reads again only where events are subscribed to. */
function vaultStaticSecret(object: KubeObject): Refresh {
  const spec = cursor(object).get('spec');
  const after = spec.get('refreshAfter');
  const name = spec.get('destination', 'name').string() ?? object.name;
  const instant = spec.get('syncConfig', 'instantUpdates').boolean() === true;
  const text = after.string();
  if (text === undefined) return refresh(object, name, instant ? 0 : 'never', spec.origin);
  const within = goDuration(text);
  return refresh(object, name, within === 0 ? 'never' : within, after.origin);
}

function refresh(object: KubeObject, secret: string, within: Refresh['within'], origin: Origin): Refresh {
  return { secret, object: `${object.kind} ${object.namespace ?? 'default'}/${object.name}`, within, origin };
}

/** Go's form: `0` alone needs no unit. */
function goDuration(text: string): number | undefined {
  return text === '0' ? 0 : parseDuration(text);
}
