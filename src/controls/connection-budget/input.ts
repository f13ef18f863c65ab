import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import type { ConnectionInput } from '../../proofs/capacity/connections/index.ts';
import { readConnections } from '../../proofs/capacity/connections/read/index.ts';

const RELATIONAL: readonly StoreSpec['kind'][] = ['postgres', 'mysql', 'mariadb'];

/** Stores with a limit on connections. Without a spec only databases, whose pools are what runs out first. */
export function storesWithConnections(view: PlatformView): Subject[] {
  const kinds = view.provisional ? RELATIONAL : [...RELATIONAL, 'redis', 'nats'];
  return view.spec.stores
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ name }): Subject => ({ kind: 'store', name }));
}

/** Absent where the store is not declared any more. */
export interface ConnectionQuestion {
  readonly budget?: ConnectionInput;
}

export function connectionBudget(subject: Subject): Query<ConnectionQuestion> {
  return (view) => {
    const store = view.store(subject.name);
    return store === undefined ? {} : { budget: readConnections(view, store) };
  };
}
