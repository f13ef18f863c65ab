import type { KubeObject } from '../../../../model/kube.ts';
import type { CalicoTier, NamespaceInput } from '../../types.ts';
import type { NetworkSet } from './sets.ts';

/** What policies refer to. */
export interface Surroundings {
  readonly services: readonly KubeObject[];
  readonly namespaces: readonly NamespaceInput[];
  readonly sets: readonly NetworkSet[];
  readonly tiers: readonly CalicoTier[];
  /** Whether nodes may be known as host endpoints. */
  readonly hostEndpoints: boolean;
}

/** Where a rule stands. */
export interface RuleContext {
  readonly direction: 'ingress' | 'egress';
  /** Empty for a policy of the whole cluster. */
  readonly namespace: string;
  readonly around: Surroundings;
}
