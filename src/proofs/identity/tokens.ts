import { cursor, podSpec, type Workload } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A token of the pod's service account that a volume asks for. */
export interface ProjectedToken {
  readonly volume: string;
  /** Undefined: the API server's own, so that whoever holds it may call the API. */
  readonly audience?: string;
  readonly seconds: number;
  readonly origin: Origin;
}

/** Default of `ServiceAccountTokenProjection.expirationSeconds`, k8s.io/api/core/v1. */
const DEFAULT_SECONDS = 3600;

export function projectedTokens(workload: Workload): ProjectedToken[] {
  return podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) =>
      volume
        .get('projected', 'sources')
        .items()
        .map((source) => source.get('serviceAccountToken'))
        .filter((token) => token.exists)
        .map((token) => {
          const audience = token.get('audience').string();
          return {
            volume: volume.get('name').string() ?? '',
            ...(audience !== undefined && audience !== '' && { audience }),
            seconds: token.get('expirationSeconds').integer() ?? DEFAULT_SECONDS,
            origin: token.origin,
          };
        }),
    );
}

/** Secrets that hold a token of an account for ever, with the account as `namespace/name`. */
export function lastingTokens(view: PlatformView): (At<string> & { readonly secret: string })[] {
  return view
    .objects('Secret')
    .filter((object) => cursor(object).get('type').string() === 'kubernetes.io/service-account-token')
    .map((object) => {
      const namespace = object.namespace ?? 'default';
      const account = cursor(object).get('metadata', 'annotations', 'kubernetes.io/service-account.name').string();
      return { value: `${namespace}/${account ?? '?'}`, secret: `${namespace}/${object.name}`, origin: object.origin };
    });
}
