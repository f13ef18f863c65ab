import type { X509Certificate } from 'node:crypto';
import type { ServedCertificate } from '../../../../model/drill/trust.ts';

const NAME = /^(?:DNS|IP Address):(.+)$/;

/** What a drill is told of a certificate that a server showed. */
export function servedOf(shown: X509Certificate, trusted: boolean): ServedCertificate {
  return {
    serial: shown.serialNumber,
    notBefore: shown.validFromDate.getTime(),
    notAfter: shown.validToDate.getTime(),
    trusted,
    names: (shown.subjectAltName ?? '').split(', ').flatMap((name) => NAME.exec(name)?.[1] ?? []),
  };
}
