import type { Configuration, Resource, Value } from '../../proofs/topology/evaluate/index.ts';

/** The policy documents that a value names, with those they take over. */
export function documentsIn(root: Configuration, value: Value): Resource[] {
  const found = new Set(root.named(value).filter(({ type }) => type === 'aws_iam_policy_document'));
  for (const document of found)
    for (const name of ['source_policy_documents', 'override_policy_documents'])
      for (const further of root.named(document.attribute(name)?.value ?? null))
        if (further.type === 'aws_iam_policy_document') found.add(further);
  return [...found];
}
