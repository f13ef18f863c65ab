/** Counts the edge's requests and its WAF's verdicts for Prometheus, and sends the requests as spans where there is a collector. */
import { startEdgeMetrics } from '../desk/edge-metrics/server.ts';
import { required, runProgram } from '../desk/environment.ts';

const collector = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];

await runProgram('edge-metrics', () =>
  startEdgeMetrics({
    address: required('HTTP_ADDR'),
    access: required('ACCESS_LOG'),
    audit: required('AUDIT_LOG'),
    ...(collector === undefined ? {} : { collector }),
  }),
);
