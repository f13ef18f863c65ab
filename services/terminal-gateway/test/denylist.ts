/** A deny-list whose source is the test itself. */
import { createDenylist, type Change, type Denylist, type DenylistSource } from '@launchgate/runtime/denylist';

export interface HandDenylist {
  /** It knows nothing yet until the first revocation, or `read`. */
  readonly denylist: Denylist;
  /** It has been read, and is empty. */
  read(): void;
  revoke(revocation: Pick<Change, 'kind' | 'value' | 'issuedBefore'>): void;
}

export async function handDenylist(): Promise<HandDenylist> {
  let sink: Parameters<DenylistSource['run']>[0] | undefined;
  const source: DenylistSource = { run: async (given) => void (sink = given) };
  const denylist = createDenylist({ source, maxStalenessMs: 600_000 });
  await denylist.start();
  const confirm = () => sink?.confirm({ wall: Date.now(), steady: performance.now() });
  return {
    denylist,
    read() {
      sink?.begin().commit({ id: 0, mark: '' });
      confirm();
    },
    revoke(revocation) {
      sink?.apply([{ id: denylist.status().head + 1, mark: 'm', ...revocation }]);
      confirm();
    },
  };
}
