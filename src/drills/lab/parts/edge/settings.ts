/** Single settings of a running edge, as a drill changes them and takes the change back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { edgeFiles } from './config/index.ts';
import type { EdgeConfig } from './types.ts';

export const edgeSetting = z.discriminatedUnion('what', [
  z.object({ what: z.literal('waf'), mode: z.enum(['off', 'monitor', 'block']), paranoia: z.int().min(1).max(4) }),
  z.object({ what: z.literal('rate-limits'), on: z.boolean() }),
  z.object({ what: z.literal('replica'), upstream: z.string(), address: z.string(), down: z.boolean() }),
]);
export type EdgeSetting = z.infer<typeof edgeSetting>;

/** The configuration with this one setting. */
export function withSetting(config: EdgeConfig, setting: EdgeSetting): EdgeConfig {
  switch (setting.what) {
    case 'waf':
      return { ...config, waf: { ...config.waf, mode: setting.mode, paranoia: setting.paranoia } };
    case 'rate-limits':
      return { ...config, rateLimits: setting.on };
    case 'replica': {
      const { upstream, address, down } = setting;
      const replicas = (all: EdgeConfig['upstreams'][number]['replicas']) =>
        all.map((one) => (one.address === address ? { ...one, down } : one));
      return {
        ...config,
        upstreams: config.upstreams.map((one) =>
          one.name === upstream ? { ...one, replicas: replicas(one.replicas) } : one,
        ),
      };
    }
  }
}

export function settingInWords(setting: EdgeSetting): string {
  switch (setting.what) {
    case 'waf':
      return `the WAF to ${setting.mode} at paranoia level ${setting.paranoia}`;
    case 'rate-limits':
      return `the rate limits ${setting.on ? 'on' : 'off'}`;
    case 'replica':
      return `${setting.address} of ${setting.upstream} ${setting.down ? 'out' : 'in'}`;
  }
}

/** Whether nginx runs with exactly this configuration: its files say so, and its health page answers their generation. */
export async function isServed(folder: string, config: EdgeConfig): Promise<boolean> {
  for (const [path, text] of edgeFiles(config, folder))
    if (readFileSync(join(folder, path), 'utf8') !== text) return false;
  try {
    const response = await fetch(`http://127.0.0.1:${config.ports.health}/livez`, {
      signal: AbortSignal.timeout(2000),
    });
    return (await response.text()).trim() === `generation ${config.generation}`;
  } catch {
    return false;
  }
}
