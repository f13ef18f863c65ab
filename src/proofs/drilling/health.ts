/** What a service says of itself at its health port, as drills read it. */
import type { Parts } from '../../model/drill/parts.ts';
import { NotThere } from '../../model/drill/drill.ts';

export interface Readiness {
  /** It gets requests. */
  readonly ready: boolean;
  /** It says that something it needs is missing: by its status, or as `degraded` in the answer. */
  readonly degraded: boolean;
  /** What it says of the reasons, in its words. */
  readonly because: readonly string[];
}

/** `/readyz` of one replica. One that does not answer is not ready, and says so by that. */
export async function readinessOf(parts: Parts, part: string): Promise<Readiness> {
  try {
    const { status, text } = await parts.health(part, '/readyz');
    const ready = status >= 200 && status < 300;
    const { degraded, because } = saidIn(text);
    return { ready, degraded: !ready || degraded, because };
  } catch {
    return { ready: false, degraded: true, because: ['it gives no answer'] };
  }
}

/** Whether `/livez` answers well; the kubelet restarts a replica for which it does not. */
export async function isAlive(parts: Parts, part: string): Promise<boolean> {
  try {
    const { status } = await parts.health(part, '/livez');
    return status >= 200 && status < 300;
  } catch {
    return false;
  }
}

/** Replicas of a service. Throws {@link NotThere} where the target runs none. */
export function replicasOf(parts: Parts, service: string): readonly string[] {
  const replicas = parts.replicas(service);
  if (replicas.length > 0) return replicas;
  throw new NotThere(`the target runs no replica of ${service}`);
}

/** The server of a store that clients write to. Throws {@link NotThere} where the target runs none. */
export function primaryOf(parts: Parts, store: string): string {
  const [primary] = parts.serversOf(store);
  if (primary !== undefined) return primary;
  throw new NotThere(`the target runs no server of store ${store}`);
}

function saidIn(text: string): Pick<Readiness, 'degraded' | 'because'> {
  try {
    const { degraded, because } = (JSON.parse(text) ?? {}) as { degraded?: unknown; because?: unknown };
    return { degraded: degraded === true, because: Array.isArray(because) ? because.map(String) : [] };
  } catch {
    return { degraded: false, because: [] };
  }
}
