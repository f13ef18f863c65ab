/** Issuing, renewing and withdrawing certificates of the lab's parts, and replacing the authority they come from. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Certificates, Renewal } from '../../../../model/drill/certificates.ts';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { RunningLab } from '../../../lab/restart.ts';
import { openTrust, type TrustStore } from '../../../lab/trust/store.ts';
import type { Use } from '../../../target.ts';
import { foreignAuthority, issueClient } from './clients.ts';
import { doorOfPart } from './doors.ts';
import { runCertificateCheck } from './job.ts';
import { mountAll, mountOne } from './mounts.ts';
import { withdrawAt } from './withdraw.ts';

const HOUR = 3_600_000;

export function labCertificates(open: RunningLab, { signal, undo }: Use): Certificates {
  const { lab } = open;
  const { directory } = lab;
  const store = () => openTrust(directory, lab.host);
  return {
    served: open.parts.flatMap(({ name, identity }) => {
      const door = doorOfPart(lab, name);
      return door === undefined || identity === undefined ? [] : [{ workload: identity.name, door }];
    }),
    async issue({ lifeMs, by = 'platform' } = {}) {
      return issueClient(by === 'foreign' ? await foreignAuthority() : (await store()).authority(), lifeMs);
    },
    async renew(part, { lifeMs } = {}): Promise<Renewal> {
      await undo.before({ kind: 'renew-certificate', data: { directory, part } });
      const issueMs = await mountOne(
        open,
        await store(),
        part,
        signal,
        lifeMs === undefined ? undefined : lifeMs / HOUR,
      );
      return { serial: new X509Certificate(readFileSync(lab.tls(part).cert)).serialNumber, issueMs };
    },
    withdraw: async (certificate, part) => withdrawAt(open, (await store()).authority(), certificate, part, undo),
    async announceAuthority() {
      await undo.before({ kind: 'end-authority', data: { directory } });
      await step((trust) => trust.announceRotation());
    },
    changeAuthority: () => step((trust) => trust.beginRotation()),
    retireAuthority: () => step((trust) => trust.endRotation()),
    runCheck: () => runCertificateCheck(lab, signal),
  };

  async function step(turn: (trust: TrustStore) => Promise<void> | void): Promise<void> {
    const trust = await store();
    await turn(trust);
    await mountAll(open, trust, signal);
    if (signal.aborted) throw new CannotTell('the parts were not all given their certificates in time');
  }
}
