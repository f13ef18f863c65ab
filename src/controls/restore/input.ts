import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';

export interface Restore {
  readonly name: string;
  readonly kind: StoreSpec['kind'];
  readonly rpo: string | undefined;
  readonly rto: string | undefined;
  readonly encrypted: boolean | undefined;
  readonly riskNote: string | undefined;
  /** The store of the spec that this one lies in, and comes back with. */
  readonly within: string | undefined;
  /** Whether a restore drill is scheduled, and by whom it is held. */
  readonly scheduled: boolean;
  readonly declared: boolean;
}

/** Stores whose data must survive. */
export function lastingStores(view: PlatformView): Subject[] {
  return view.spec.stores
    .filter(({ ephemeral }) => ephemeral === undefined)
    .map(({ name }) => ({ kind: 'store', name }));
}

export function restore(subject: Subject): Query<Restore> {
  return (view) => {
    const store = view.store(subject.name) ?? { name: subject.name, kind: 'other' as const };
    const { name, kind, rpo, rto, backup, riskNote } = store as Partial<StoreSpec> & Pick<StoreSpec, 'name' | 'kind'>;
    return {
      name,
      kind,
      rpo,
      rto,
      encrypted: backup?.encrypted,
      riskNote,
      within: outerStore(view, store as StoreSpec),
      scheduled: view.spec.drills.some(({ drill }) => drill === 'restore'),
      declared: !view.provisional,
    };
  };
}

/** "Databases temporal and temporal_visibility of store postgres" comes back with `postgres`. */
function outerStore(view: PlatformView, { name, managed }: StoreSpec): string | undefined {
  const within = /\bstore ([\w-]+)/.exec(managed ?? '')?.[1];
  return within === undefined || within === name ? undefined : view.store(within)?.name;
}
