import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { documentsIn, type NamedDocument } from '../../proofs/documents/index.ts';
import { consumers, producers, refreshes, type Refresh } from '../../proofs/secrets/index.ts';

/** What decides whether one credential rotates. */
export interface Rotation {
  readonly kind?: string;
  readonly declared: boolean;
  readonly rotation?: Spec['credentials'][number]['rotation'];
  readonly sop: readonly NamedDocument[];
  readonly sopText?: string;
  /** The objects that bring new versions into the cluster. */
  readonly refreshes: readonly Refresh[];
}

/**
 * The credentials of the spec, and every Secret made from a secret store that no credential of the spec accounts for.
 * Certificates renew themselves; Secrets written out in the repository are findings of their own.
 */
export function credentials(view: PlatformView): Subject[] {
  const declared = view.spec.credentials.map(({ name }) => name);
  const known = new Set(view.spec.credentials.map(({ name, secret }) => secret ?? name));
  const stored = new Set(
    producers(view).flatMap(({ mechanism, secret }) =>
      mechanism === 'cert-manager' || mechanism === 'plain' ? [] : secret,
    ),
  );
  const used = consumers(view).flatMap(({ secret }) => (stored.has(secret) && !known.has(secret) ? [secret] : []));
  return [...declared, ...new Set(used)].map((name) => ({ kind: 'credential', name }));
}

export function rotation(subject: Subject): Query<Rotation> {
  return (view) => {
    const credential = view.spec.credentials.find(({ name }) => name === subject.name);
    const secret = credential?.secret ?? subject.name;
    const sop = credential?.sop;
    return {
      declared: credential !== undefined,
      ...(credential === undefined ? {} : { kind: credential.kind }),
      ...(credential?.rotation === undefined ? {} : { rotation: credential.rotation }),
      ...(sop === undefined ? {} : { sopText: sop }),
      sop: sop === undefined ? [] : documentsIn(view, sop),
      refreshes: refreshes(view).filter((refresh) => refresh.secret === secret),
    };
  };
}
