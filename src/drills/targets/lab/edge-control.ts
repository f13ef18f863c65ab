/** The lab's edge, changed: each change is a new configuration that nginx has taken, and goes back to what was before it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EdgeControl, WafSetting } from '../../../model/drill/edge-control.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { edgeControl } from '../../lab/parts/edge/control.ts';
import { readConfig } from '../../lab/parts/edge/files.ts';
import type { EdgeSetting } from '../../lab/parts/edge/settings.ts';
import type { EdgeConfig } from '../../lab/parts/edge/types.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { readCorpus } from '../../waf/corpus.ts';
import { renewEdgeCertificate } from './edge/renew.ts';
import { searchEdgeLogs } from './edge/logs.ts';
import { wafMatches } from './edge/waf-matches.ts';

export function labEdgeControl({ lab }: OpenLab, { undo, signal }: Use): EdgeControl {
  const folder = lab.folder('edge');
  const control = edgeControl(folder);

  /** Notes the way back first. What is as wanted already is left alone. */
  async function change(after: EdgeSetting, before: EdgeSetting, act: () => Promise<void>): Promise<void> {
    signal.throwIfAborted();
    if (isDeepStrictEqual(after, before)) return;
    await undo.before({ kind: 'edge-setting', data: { folder, setting: before } });
    await act();
  }

  async function setDown(part: string, down: boolean): Promise<void> {
    const { upstream, address, now } = replicaOf(readConfig(folder), lab.port(part, 'https'), part);
    const setting = (value: boolean): EdgeSetting => ({ what: 'replica', upstream, address, down: value });
    await change(setting(down), setting(now), () =>
      down ? control.takeOut(upstream, address) : control.putBack(upstream, address),
    );
  }

  return {
    waf: async () => wafOf(readConfig(folder)),
    async setWaf(waf) {
      const before = wafOf(readConfig(folder));
      const after = { ...before, ...waf };
      await change({ what: 'waf', ...after }, { what: 'waf', ...before }, () => control.setWaf(after));
    },
    async setRateLimits(on) {
      const before = readConfig(folder).rateLimits;
      await change({ what: 'rate-limits', on }, { what: 'rate-limits', on: before }, () => control.setRateLimits(on));
    },
    takeOut: (part) => setDown(part, true),
    putBack: (part) => setDown(part, false),
    renewCertificate: () => renewEdgeCertificate(lab, control),
    wafMatches: (ids) => wafMatches(join(folder, 'private/audit.log'), ids, signal),
    searchLogs: (text) => searchEdgeLogs(folder, text),
    async readCorpus(from) {
      if (!statSync(from, { throwIfNoEntry: false })?.isDirectory())
        throw new LaunchgateError('not-found', `${from} is not a folder`, {
          next: 'Name one that holds regression tests of the Core Rule Set (*.yaml) or texts (*.txt).',
        });
      return readCorpus(from);
    },
  };
}

function wafOf({ waf }: EdgeConfig): WafSetting {
  return { mode: waf.mode, paranoia: waf.paranoia as WafSetting['paranoia'] };
}

function replicaOf(
  { upstreams }: EdgeConfig,
  port: number,
  part: string,
): { readonly upstream: string; readonly address: string; readonly now: boolean } {
  for (const { name, replicas } of upstreams)
    for (const { address, down } of replicas)
      if (address.endsWith(`:${port}`)) return { upstream: name, address, now: down };
  throw new LaunchgateError('usage', `the edge sends nothing to ${part}`, {
    next: `It knows replicas of ${upstreams.map(({ name }) => name).join(', ')}.`,
  });
}
