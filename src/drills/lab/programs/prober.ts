/** Asks the lab's public names and health pages for Prometheus. */
import { durationOf, required, runProgram } from '../desk/environment.ts';
import { startProber } from '../desk/prober/server.ts';

await runProgram('prober', () =>
  startProber({
    address: required('HTTP_ADDR'),
    ca: required('TLS_CA_FILE'),
    cert: required('TLS_CERT_FILE'),
    key: required('TLS_KEY_FILE'),
    timeout: durationOf('PROBE_TIMEOUT', '1500ms') * 1000,
  }),
);
