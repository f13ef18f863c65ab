/** What renews the edge's certificate in the lab: it mounts a new one and has nginx load it, as cert-manager and an ingress controller do. */
import { edgeParts } from '../../../lab/parts/edge/index.ts';
import type { EdgeControl } from '../../../lab/parts/edge/control.ts';
import type { Lab } from '../../../lab/part.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import { openTrust } from '../../../lab/trust/store.ts';

export async function renewEdgeCertificate(lab: Lab, control: EdgeControl): Promise<void> {
  const edge = edgeParts(lab.plan).find(({ name }) => name === 'edge');
  if (edge?.identity === undefined) throw new Error('the edge of the lab has no certificate');
  const trust = await openTrust(lab.directory, lab.host);
  await trust.mountCertificate(lab.tls('edge').folder, edge.identity, ownerFor(edge.user), { renew: true });
  await control.change((config) => config);
}
