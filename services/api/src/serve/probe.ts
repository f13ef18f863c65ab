/** Probes of nodes, through the guard; with the part off, by a plain client that goes wherever it is told. */
import { createEgressGuard, egressPolicyFromEnvironment } from '@launchgate/runtime/egress';
import type { Logger } from '@launchgate/runtime/logging';
import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import { Agent, request } from 'undici';
import { createProbe, type Guard, type Probe } from '../fleet/probe.ts';
import type { ApiMetrics } from './metrics.ts';

export interface ClosableProbe {
  readonly probe: Probe;
  close(): Promise<void>;
}

/** Throws EgressConfigurationError for a policy that makes no sense. */
export function nodeProbe(
  env: NodeJS.ProcessEnv,
  off: boolean,
  certificate: WorkloadCertificate,
  metrics: ApiMetrics,
  log: Logger,
): ClosableProbe {
  // Agents listen on 7443, which is no port of the web.
  const policy = egressPolicyFromEnvironment({ NODE_PROBE_ALLOWED_PORTS: '443,7443', ...env });
  const tls = () => certificate.client();
  if (off) return unguarded(tls);
  const guard = createEgressGuard(policy, {
    tls,
    onRefused(detail) {
      metrics.probesRefused.inc();
      log.warn({ detail }, 'probe refused');
    },
  });
  return { probe: createProbe(guard), close: () => guard.close() };
}

function unguarded(tls: () => object): ClosableProbe {
  const dispatcher = new Agent({ connect: tls(), bodyTimeout: 10_000, headersTimeout: 10_000 });
  const plain: Guard = {
    async fetch(url) {
      const { statusCode, body } = await request(url, { dispatcher });
      await body.dump();
      return { status: statusCode };
    },
  };
  return { probe: createProbe(plain), close: () => dispatcher.close() };
}
