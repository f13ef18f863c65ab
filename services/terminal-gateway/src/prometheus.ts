/** The gateway's figures in a Prometheus registry. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Gateway } from './gateway.ts';
import type { GatewayMetrics } from './metrics.ts';

const SERVICE = 'terminal-gateway';
const ECHO_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function prometheusMetrics(registry: Registry, gateway: () => Gateway, limit: number): GatewayMetrics {
  const labels = { service: SERVICE };
  const registers = [registry];
  const counter = (name: string, help: string, ...more: string[]) =>
    new Counter({ name, help, labelNames: ['service', ...more], registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['service'],
      registers,
      collect() {
        this.set(labels, read());
      },
    });
  gauge('terminal_sessions_active', 'Sessions that are open now.', () => gateway().clients.size);
  gauge('terminal_sessions_limit', 'Sessions that this pod accepts.', () => limit);
  gauge('terminal_agents_connected', 'Node agents that are connected.', () => gateway().agents.connected);
  gauge('terminal_draining', 'Whether new sessions are refused because the pod ends.', () =>
    Number(gateway().state !== 'ready'),
  );
  const opens = counter('terminal_session_opens_total', 'Attempts to open a session by result.', 'result');
  const closes = counter('terminal_session_closes_total', 'Sessions closed by reason.', 'reason');
  const refusals = counter('terminal_upgrades_refused_total', 'Handshakes refused by reason.', 'reason');
  const resumes = counter('terminal_resumes_total', 'Sessions taken up again, by whether output was missing.', 'gap');
  const output = counter('terminal_output_bytes_total', 'Bytes of output passed to browsers.');
  const input = counter('terminal_input_bytes_total', 'Bytes of input passed to nodes.');
  const slow = counter('terminal_slow_consumers_total', 'Browsers that were dropped because they consumed nothing.');
  const forced = counter(
    'terminal_forced_closes_total',
    'Sessions that were closed because the drain window was over.',
  );
  const echo = new Histogram({
    name: 'terminal_echo_duration_seconds',
    help: 'Time from a key to its echo.',
    labelNames: ['service'],
    buckets: ECHO_BUCKETS,
    registers,
  });
  for (const result of ['ok', 'error', 'refused']) opens.inc({ ...labels, result }, 0);
  for (const metric of [output, input, slow, forced]) metric.inc(labels, 0);
  return {
    opened: (result) => opens.inc({ ...labels, result }),
    closed(reason) {
      closes.inc({ ...labels, reason });
      if (reason === 'slow') slow.inc(labels);
    },
    echo: (ms) => echo.observe(labels, ms / 1000),
    refused(reason) {
      refusals.inc({ ...labels, reason });
    },
    resumed: (gap) => resumes.inc({ ...labels, gap: String(gap) }),
    output: (bytes) => output.inc(labels, bytes),
    input: (bytes) => input.inc(labels, bytes),
    forced: () => forced.inc(labels),
  };
}
