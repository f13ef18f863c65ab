import type { Query } from '../../model/control.ts';
import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { documentsIn, type NamedDocument } from '../../proofs/documents/index.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** A managed cluster in Terraform, and whether it writes an audit log; `undefined`: by a value that is not written there. */
interface AuditedCluster {
  readonly id: string;
  readonly audited: boolean | undefined;
  readonly origin: Origin;
}

export interface Trail {
  readonly declared?: NonNullable<Spec['audit']>;
  readonly procedure: readonly NamedDocument[];
  /** Identifiers that the procedure mentions, in lower case with underscores. */
  readonly mentions: readonly string[];
  /** Documents that the export names, beside its destination. */
  readonly exported: readonly NamedDocument[];
  readonly clusters: readonly AuditedCluster[];
}

export function trail(): Query<Trail> {
  return (view) => {
    const declared = view.spec.audit;
    const procedure = declared?.procedure === undefined ? [] : documentsIn(view, declared.procedure);
    return {
      ...(declared === undefined ? {} : { declared }),
      procedure,
      mentions: identifiersIn(view, procedure),
      exported: declared?.export === undefined ? [] : documentsIn(view, declared.export),
      clusters: resourceBlocks(view, 'aws_eks_cluster').map(auditOf),
    };
  };
}

function identifiersIn(view: PlatformView, documents: readonly NamedDocument[]): string[] {
  const paths = new Set(documents.flatMap((document) => (document.state === 'present' ? [document.path] : [])));
  const texts = view.texts('markdown').filter(({ path }) => paths.has(path));
  const found = texts.flatMap(({ text }) => text.match(/\b[a-z]+(?:[-_ ]id|Id|[-_]ID)s?\b/gi) ?? []);
  return [...new Set(found.map((name) => name.toLowerCase().replace(/[-_ ]?ids?$/, '_id')))].sort();
}

/** EKS writes the audit log of the API server only where its type is enabled. */
function auditOf(block: HclBlock): AuditedCluster {
  const types = block.attributes['enabled_cluster_log_types'];
  const literal = types?.literal;
  const audited = types === undefined ? false : Array.isArray(literal) ? literal.includes('audit') : undefined;
  return { id: block.labels.join('.'), audited, origin: types?.origin ?? block.origin };
}
