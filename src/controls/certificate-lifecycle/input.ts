/** What is declared of a certificate, what issues it in the manifests, and what watches over it. */
import { longestPause } from '../../model/schedule.ts';
import type { Query, Subject } from '../../model/control.ts';
import { cursor, workloadName, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';

export interface Lifecycle {
  readonly declared?: Spec['certificates'][number];
  /** A public authority issues it, by ACME. */
  readonly acme: boolean;
  /** Names that the objects of it are made out to. */
  readonly holders: readonly string[];
}
