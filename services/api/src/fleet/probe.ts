/** Whether something answers at a URL that an admin named: through the guard only, and no word about why it did not. */
export interface ProbeResult {
  readonly outcome: 'reachable' | 'failed';
  /** Status of the HTTP answer. */
  readonly status?: number;
  readonly latencyMs: number;
}

export type Probe = (url: string) => Promise<ProbeResult>;

/** What is used of the egress guard. */
export interface Guard {
  fetch(url: string, init?: { method?: string }): Promise<{ status: number }>;
}

/** Any answer counts: an agent that wants a WebSocket says 426 and lives. Refused, unreachable and too slow are one outcome. */
export function createProbe(guard: Guard): Probe {
  return async (url) => {
    const began = performance.now();
    const latencyMs = () => Math.round(performance.now() - began);
    try {
      const { status } = await guard.fetch(url, { method: 'GET' });
      return { outcome: 'reachable', status, latencyMs: latencyMs() };
    } catch {
      return { outcome: 'failed', latencyMs: latencyMs() };
    }
  };
}
