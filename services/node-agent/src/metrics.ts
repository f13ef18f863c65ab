/** What an agent counts; main.ts connects it to a Prometheus registry, tests and libraries may leave it out. */
import type { EndReason } from './protocol.ts';

export interface AgentMetrics {
  output(bytes: number): void;
  lost(bytes: number): void;
  paused(change: 1 | -1): void;
  recorderFailed(): void;
  ended(reason: EndReason): void;
}

export const NO_METRICS: AgentMetrics = { output() {}, lost() {}, paused() {}, recorderFailed() {}, ended() {} };
