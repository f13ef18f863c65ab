/** Counts the edge's requests and its WAF's verdicts for Prometheus. */
import { startEdgeMetrics } from '../desk/edge-metrics/server.ts';
import { required, runProgram } from '../desk/environment.ts';

await runProgram('edge-metrics', () =>
  startEdgeMetrics({ address: required('HTTP_ADDR'), access: required('ACCESS_LOG'), audit: required('AUDIT_LOG') }),
);
