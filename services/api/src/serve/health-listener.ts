/** The health port: the kit's three answers, `/statusz` with the state of the deny-list beside them, for the runbook and `api denylist check`. */
import type { Denylist } from '@launchgate/runtime/denylist';
import { healthServer, type Health } from '@launchgate/runtime/health';
import type { Lifecycle } from '@launchgate/runtime/lifecycle';
import { createServer } from 'node:http';
import type { Address } from '@launchgate/runtime/config';

/** Answers the port; the listener is the last thing that closes. */
export async function listenHealth(
  health: Health,
  denylist: Denylist,
  { host, port }: Address,
  lifecycle: Lifecycle,
): Promise<number> {
  const kit = healthServer(health);
  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000 },
    (request, response) => {
      if (request.method !== 'GET' || request.url !== '/statusz') return void kit.emit('request', request, response);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ ...health.status(), denylist: denylist.status() }));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host ?? '0.0.0.0', resolve);
  });
  lifecycle.hook('telemetry', 'health', async () => {
    await health.stop();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}
