import type { Metrics } from '@launchgate/runtime/telemetry';
import { Counter, Gauge } from 'prom-client';
import type { Reconciliation } from './reconcile.ts';
import type { OpenMonth } from './totals.ts';

export interface WorkerMetrics {
  booked(): void;
  buried(): void;
  reconciled(result: Reconciliation): void;
  reconciliationFailed(source: string): void;
  month(totals: OpenMonth): void;
  /** Nobody could say: no number is better than the last one. */
  monthUnknown(): void;
  backlog(messages: Backlog): void;
  backlogUnknown(): void;
}

/** Messages of the consumer, by state. */
export type Backlog = Readonly<Record<'pending' | 'unacknowledged' | 'redelivered', number>>;

/** What the alerts of billing ask: how far behind, what was lost, whether metering and ledger agree. */
export function workerMetrics({ registry }: Metrics): WorkerMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const processed = counter('billing_events_processed_total', 'Usage events written to the ledger.');
  const newest = gauge('billing_last_processed_timestamp_seconds', 'Time of the newest event in the ledger.');
  const dead = counter('billing_dead_letters_total', 'Messages that could not be processed and are kept for people.');
  const metered = gauge('billing_metered_cents', 'Usage of the open month as it was metered.');
  const ledger = gauge('billing_ledger_cents', 'Usage of the open month as the ledger has it.');
  const drifted = gauge('billing_reconciliation_drifted', 'Events or months that differed in the last comparison.', [
    'source',
  ]);
  const repaired = counter('billing_reconciliation_repaired_total', 'Lost events that a comparison has booked.', [
    'source',
  ]);
  const failures = counter('billing_reconciliation_failures_total', 'Comparisons that could not be made.', ['source']);
  const success = gauge('billing_reconciliation_last_success_timestamp_seconds', 'End of the last comparison.', [
    'source',
  ]);
  const lag = gauge('billing_consumer_messages', 'Messages of the consumer by state.', ['state']);
  const now = () => Date.now() / 1000;
  const monthUnknown = () => {
    for (const total of [metered, ledger]) total.remove();
  };
  monthUnknown();
  return {
    booked() {
      processed.inc();
      newest.set(now());
    },
    buried: () => dead.inc(),
    reconciled(result) {
      const labels = { source: result.source };
      drifted.set(labels, result.drifted);
      repaired.inc(labels, result.repaired);
      success.set(labels, now());
    },
    reconciliationFailed: (source) => failures.inc({ source }),
    month({ meteredCents, ledgerCents }) {
      metered.set(meteredCents);
      ledger.set(ledgerCents);
    },
    monthUnknown,
    backlog(messages) {
      for (const [state, count] of Object.entries(messages)) lag.set({ state }, count);
    },
    backlogUnknown: () => lag.reset(),
  };
}
