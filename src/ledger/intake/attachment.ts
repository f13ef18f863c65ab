import { extname } from 'node:path';
import { sha256 } from '../../model/digest.ts';
import type { AttachmentPredicate, EvidenceScope } from '../../model/evidence.ts';
import { cut, INTAKE_LIMITS, malformed, type IntakeLimits } from './report.ts';

export type AttachmentPart = Omit<AttachmentPredicate, keyof EvidenceScope>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};

/**
 * Describes a document that is offered as proof. The document stays where it is; the statement holds its digest, its size and
 * its title. An empty one keeps size 0, for whoever judges it. Throws `evidence-invalid` for one without a title, or too large.
 */
export function readAttachment(
  bytes: Uint8Array,
  described: { readonly title: string; readonly file: string; readonly facts?: AttachmentPart['facts'] },
  limits: IntakeLimits = INTAKE_LIMITS,
): AttachmentPart {
  const { title, file, facts } = described;
  if (bytes.length > limits.bytes) throw malformed(file, 'an attachment', `it has more than ${limits.bytes} bytes`);
  if (cut(title) === '') throw malformed(file, 'an attachment', 'it has no title');
  return {
    title: cut(title),
    mediaType: MEDIA_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    size: bytes.length,
    content: sha256(bytes),
    ...(facts === undefined ? {} : { facts }),
  };
}
