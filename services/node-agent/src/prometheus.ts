/** The agent's figures in a Prometheus registry. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Agent } from './agent.ts';
import type { AgentMetrics } from './metrics.ts';

export function prometheusMetrics(registry: Registry, agent: () => Agent): AgentMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('agent_sessions', 'Shells that are alive.', () => agent().sessions.size);
  gauge('agent_sessions_detached', 'Shells that nobody looks at.', () => agent().sessions.detached);
  gauge('agent_gateways_connected', 'Gateways that are connected.', () => agent().gateways);
  const output = counter('agent_output_bytes_total', 'Bytes that shells have written.');
  const lost = counter('agent_output_lost_bytes_total', 'Bytes that were overwritten before anybody had seen them.');
  const failures = counter('agent_recorder_failures_total', 'Recordings that could not be made or went wrong.');
  const paused = new Gauge({
    name: 'agent_pty_paused',
    help: 'Terminals that are paused for a slow viewer.',
    registers,
  });
  const ends = new Counter({
    name: 'agent_session_ends_total',
    help: 'Shells that ended, by reason.',
    labelNames: ['reason'],
    registers,
  });
  return {
    output: (bytes) => output.inc(bytes),
    lost: (bytes) => lost.inc(bytes),
    paused: (change) => paused.inc(change),
    recorderFailed: () => failures.inc(),
    ended: (reason) => ends.inc({ reason }),
  };
}
