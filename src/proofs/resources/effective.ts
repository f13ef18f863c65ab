import { formatQuantity, parseQuantity } from '../../model/quantity.ts';
import type { Amounts, ContainerResources, LimitItem } from './types.ts';

/** What a container has once the API server and the LimitRanger are through with it. */
export interface Effective {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/**
 * A limit without a request is the request too (`SetDefaults_Pod`); then a LimitRange fills in what is missing
 * (`mergeContainerResources` of plugin/pkg/admission/limitranger).
 */
export function effective(
  { requests, limits }: Pick<ContainerResources, 'requests' | 'limits'>,
  limitRange: readonly LimitItem[],
): Effective {
  let filled: Effective = { requests: { ...limits, ...requests }, limits };
  for (const item of limitRange.filter(({ type }) => type === 'Container')) {
    filled = {
      requests: { ...item.defaultRequest, ...filled.requests },
      limits: { ...item.default, ...filled.limits },
    };
  }
  return filled;
}

/** Why a pod with this container would be refused; `undefined` when it would be taken. */
export function refusal(own: ContainerResources, limitRange: readonly LimitItem[]): string | undefined {
  const filled = effective(own, limitRange);
  const ofContainers = limitRange.filter(({ type }) => type === 'Container');
  return aboveLimit(filled) ?? extendedRefusal(own) ?? ofContainers.flatMap((item) => outside(filled, item) ?? [])[0];
}

/** An amount that a resource must have to be compared; 0 where it is not there. */
export function amount(amounts: Amounts, resource: string): bigint {
  return parseQuantity(amounts[resource] ?? '0') ?? 0n;
}

function aboveLimit({ requests, limits }: Effective): string | undefined {
  const resource = Object.keys(requests).find(
    (name) => limits[name] !== undefined && amount(requests, name) > amount(limits, name),
  );
  return resource === undefined
    ? undefined
    : `it requests ${requests[resource]} of ${resource}, more than its limit of ${limits[resource]}`;
}

/** Devices cannot be overcommitted: request and limit are one whole number (`validateContainerResourceRequirements`). */
function extendedRefusal({ requests, limits }: ContainerResources): string | undefined {
  const devices = [...new Set([...Object.keys(requests), ...Object.keys(limits)])].filter(isExtended);
  for (const device of devices) {
    if (limits[device] === undefined) return `it requests ${device} without a limit`;
    if (requests[device] !== undefined && amount(requests, device) !== amount(limits, device))
      return `its request and limit of ${device} differ (${requests[device]}, ${limits[device]})`;
    if (amount(limits, device) % 1_000_000_000n !== 0n) return `${limits[device]} of ${device} is not a whole number`;
  }
  return undefined;
}

/** `nvidia.com/gpu`: a domain that is not Kubernetes' own. */
export function isExtended(resource: string): boolean {
  return resource.includes('/') && !resource.includes('kubernetes.io/') && !resource.startsWith('requests.');
}

/** Which bound of a LimitRange is left, whether it is that of a container or of a pod. */
export function outside(filled: Effective, item: LimitItem): string | undefined {
  const { requests, limits } = filled;
  for (const [resource, min] of Object.entries(item.min)) {
    if (requests[resource] === undefined) return `${item.id} asks for a request of ${resource}`;
    for (const value of [requests, limits])
      if (value[resource] !== undefined && amount(value, resource) < amount(item.min, resource))
        return `${value[resource]} of ${resource} is below the minimum ${min} of ${item.id}`;
  }
  for (const [resource, max] of Object.entries(item.max)) {
    if (limits[resource] === undefined) return `${item.id} asks for a limit of ${resource}`;
    if (amount(limits, resource) > amount(item.max, resource))
      return `its limit ${limits[resource]} of ${resource} is above the maximum ${max} of ${item.id}`;
  }
  return overRatio(filled, item);
}

function overRatio({ requests, limits }: Effective, { id, maxLimitRequestRatio }: LimitItem): string | undefined {
  for (const [resource, ratio] of Object.entries(maxLimitRequestRatio)) {
    const request = amount(requests, resource);
    const limit = amount(limits, resource);
    if (request === 0n) return `${id} asks for a request of ${resource}`;
    if (limit * 1_000_000_000n > request * amount({ ratio }, 'ratio'))
      return `its limit of ${resource} is more than ${formatQuantity(amount({ ratio }, 'ratio'), 'ratio')} times its request, which ${id} allows at most`;
  }
  return undefined;
}
