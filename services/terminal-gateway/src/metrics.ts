/** What a gateway counts; main.ts connects it to a Prometheus registry, tests and libraries may leave it out. */
import type { CloseReason } from './protocol.ts';

export interface GatewayMetrics {
  opened(result: 'ok' | 'error' | 'refused'): void;
  closed(reason: CloseReason): void;
  /** Milliseconds from a key to the next output. */
  echo(ms: number): void;
  refused(reason: string): void;
  resumed(gap: boolean): void;
  output(bytes: number): void;
  input(bytes: number): void;
  forced(): void;
}

export const NO_METRICS: GatewayMetrics = {
  opened() {},
  closed() {},
  echo() {},
  refused() {},
  resumed() {},
  output() {},
  input() {},
  forced() {},
};
