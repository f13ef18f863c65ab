/** The subject alternative names of a certificate, from the text that Node makes of them. */

export interface CertificateNames {
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
}

/**
 * As Node prints `subjectAltName`: entries by comma, those with odd characters as JSON strings (CVE-2021-44532). What follows an entry that
 * cannot be read is not looked at: an entry might begin inside of it.
 */
export function namesOf(subjectAltName: string | undefined): CertificateNames {
  const uris: string[] = [];
  const dnsNames: string[] = [];
  for (const [, kind, text = ''] of (subjectAltName ?? '').matchAll(
    /(\w[\w ]*):("(?:[^"\\]|\\.)*"|(?!")[^,]*)(?:, |$)/gy,
  )) {
    const value = text.startsWith('"') ? unquoted(text) : text;
    if (kind === 'URI') uris.push(value);
    if (kind === 'DNS') dnsNames.push(value.toLowerCase());
  }
  return { uris, dnsNames };
}

/** An entry whose quoting cannot be read matches nothing. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}
