import type { KubeObject } from '../../../../model/kube.ts';

/** What policies refer to by name. */
export interface Surroundings {
  /** Every Service, those without a selector too. */
  readonly services: readonly KubeObject[];
  /** CiliumCIDRGroups. */
  readonly groups: readonly KubeObject[];
}
