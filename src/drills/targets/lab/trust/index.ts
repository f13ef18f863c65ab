/** Certificates and secrets of the lab. */
import type { Trust } from '../../../../model/drill/trust.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Use } from '../../../target.ts';
import { labCertificates } from './certificates.ts';
import { labCredential } from './credentials/index.ts';
import { doorsOf } from './doors.ts';
import { knock } from './knock.ts';

export function labTrust(open: OpenLab, use: Use): Trust {
  const { lab } = open;
  return {
    doors: (subject) => doorsOf(lab, subject),
    knock: (door, caller) => knock(lab, door, caller, use.signal),
    certificates: labCertificates(open, use),
    credential: (name) => labCredential(open, use, name),
  };
}
