/** Every way in which a fault is taken back, by name. What an old journal names must stay here. */
import { LaunchgateError } from '../../model/errors.ts';
import { acknowledgePages } from './acknowledge-pages.ts';
import { activity } from './activity.ts';
import { clearStore } from './clear-store.ts';
import { closeNetwork } from './close-network.ts';
import { closeTerminals } from './close-terminals.ts';
import { edgeSettingUndo } from './edge-setting.ts';
import { endAuthority } from './end-authority.ts';
import { endEmergency } from './end-emergency.ts';
import { endProcesses } from './end-processes.ts';
import { forgetRevocations } from './forget-revocations.ts';
import { monitoringPace } from './monitoring-pace.ts';
import { pagerPace } from './pager-pace.ts';
import { rebuildStandby } from './rebuild-standby.ts';
import { removeCopy } from './remove-copy.ts';
import { removeFolder } from './remove-folder.ts';
import { removeMarkers } from './remove-markers.ts';
import { renewCertificate } from './renew-certificate.ts';
import { restartParts } from './restart-parts.ts';
import { settleCredentialKind } from './settle-credential.ts';
import { startPart } from './start-part.ts';
import { takeDown } from './take-down.ts';
import { thaw } from './thaw.ts';
import { UNDO_MS, type Undo, type UndoKind } from './types.ts';
import { wholeDisk } from './whole-disk.ts';

const KINDS: ReadonlyMap<string, UndoKind<unknown>> = new Map(
  [
    acknowledgePages,
    activity,
    clearStore,
    closeNetwork,
    closeTerminals,
    edgeSettingUndo,
    endAuthority,
    endEmergency,
    endProcesses,
    forgetRevocations,
    monitoringPace,
    pagerPace,
    rebuildStandby,
    removeCopy,
    removeFolder,
    removeMarkers,
    renewCertificate,
    restartParts,
    settleCredentialKind,
    startPart,
    takeDown,
    thaw,
    wholeDisk,
  ].map((kind) => [kind.kind, kind as UndoKind<unknown>]),
);

/** Takes one fault back. Throws when the target is not as before. */
export async function takeBack(undo: Undo): Promise<void> {
  const { kind, data } = known(undo);
  const signal = AbortSignal.timeout(UNDO_MS);
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error(`it was not undone within ${UNDO_MS / 1000} s`)), {
      once: true,
    }),
  );
  await Promise.race([kind.undo(data, signal), late]);
}

/**
 * The order in which faults are taken back, given newest first: each may build on older ones. But the run's own processes end before anything is taken
 * back that they could do again, and a server that was stopped goes on before anything is started that asks it.
 */
export function inOrder<T extends { readonly kind: string }>(newestFirst: readonly T[]): T[] {
  const rank = ({ kind }: T): number => (KINDS.get(kind)?.first === true ? 0 : 1);
  return newestFirst.toSorted((a, b) => rank(a) - rank(b));
}

/** What an undo does, for a person: `thaw postgres`. */
export function describeUndo(undo: Undo): string {
  const { kind, data } = known(undo);
  return kind.describe(data);
}

function known(undo: Undo): { readonly kind: UndoKind<unknown>; readonly data: unknown } {
  const kind = KINDS.get(undo.kind);
  if (kind === undefined)
    throw new LaunchgateError('input-unreadable', `nobody knows how to undo "${undo.kind}"`, {
      next: 'Run "launchgate drill cleanup" with the version that ran the drill.',
    });
  const parsed = kind.data.safeParse(undo.data);
  if (parsed.success) return { kind, data: parsed.data };
  throw new LaunchgateError('input-unreadable', `the journal's "${undo.kind}" cannot be read`, { cause: parsed.error });
}
