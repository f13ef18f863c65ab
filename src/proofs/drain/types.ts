import type { Origin } from '../../model/origin.ts';

/** Seconds, with where they come from in words: `terminationGracePeriodSeconds`, `the default`. */
export interface Span {
  readonly seconds: number;
  readonly from: string;
  readonly origin?: Origin;
}

/** What a container does before it is told to stop. Kubelet runs it inside of the grace period. */
export type PreStop =
  | { readonly kind: 'none' }
  /** The native sleep action, or a command that sleeps. */
  | { readonly kind: 'sleep'; readonly seconds: number; readonly native: boolean; readonly origin: Origin }
  /** How long it takes cannot be told. */
  | { readonly kind: 'other'; readonly what: string; readonly origin: Origin };

/** A load balancer whose targets are the pods themselves. `delay` absent: not known. */
export interface Balancer {
  readonly what: string;
  /** Time it lets connections to a target that left go on. */
  readonly delay?: number;
  readonly because?: string;
  readonly origin?: Origin;
}

/** A proxy that drains itself by its own settings, such as ingress-nginx. */
export interface OwnDrain {
  readonly program: string;
  /** It goes on accepting for so long after it was told to stop. */
  readonly accepting: Span;
  /** It then lets open connections go on for so long. */
  readonly closing: Span;
}

/** A proxy beside the application that is told to stop at the same moment. */
export interface Sidecar {
  readonly name: string;
  /** It ends so long after it was told to. */
  readonly drain: Span;
}

export interface DrainInput {
  /** As messages name it: `Deployment production/api`. */
  readonly id: string;
  readonly grace: Span;
  /** Somebody opens connections to the pods: a Service selects them. */
  readonly receives: boolean;
  /** The container that answers; without one, every main container. */
  readonly container: { readonly name: string; readonly preStop: PreStop; readonly origin: Origin };
  /** Time that open work needs after the container was told to stop. */
  readonly window: Span;
  readonly balancers: readonly Balancer[];
  readonly own?: OwnDrain;
  readonly sidecar?: Sidecar;
  /** A shell runs as the first process, or behind an init that signals it alone, and keeps SIGTERM from the program. */
  readonly swallowed?: { readonly command: string; readonly behind?: string; readonly origin: Origin };
  /** Where a container is told to be stopped by SIGKILL (`lifecycle.stopSignal`). */
  readonly killed?: { readonly origin: Origin };
  readonly origin?: Origin;
}

/** What the cluster around takes. */
export interface Delays {
  /** Seconds until every proxy in the cluster has taken a leaving pod out. */
  readonly propagation: number;
  /** Seconds until a load balancer that targets pods opens no new connection to a leaving one. */
  readonly balancer: number;
}
