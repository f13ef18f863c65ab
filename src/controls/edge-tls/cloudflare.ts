/** What Terraform tells Cloudflare about TLS, where it does. */
import type { HclAttribute } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nested } from '../../proofs/edge/terraform.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';
import type { Fact } from './balancers.ts';

interface Judged {
  readonly wrong: Readonly<Record<string, string>>;
  readonly severity: Fact['severity'];
  readonly remediation: string;
}

/** Settings of a zone with the values that do not hold. https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/ */
const SETTINGS: Readonly<Record<string, Judged>> = {
  ssl: {
    wrong: {
      off: 'serves plain HTTP alone',
      flexible: 'goes on to the origin in the clear, over the internet',
    },
    severity: 'critical',
    remediation: 'Set ssl to strict, with a certificate at the origin.',
  },
  min_tls_version: {
    wrong: { '1.0': 'speaks TLS older than 1.2', '1.1': 'speaks TLS older than 1.2' },
    severity: 'high',
    remediation: 'Set min_tls_version to 1.2 or 1.3.',
  },
  always_use_https: {
    wrong: { off: 'serves plain HTTP instead of redirecting it' },
    severity: 'high',
    remediation: 'Set always_use_https to on.',
  },
};

/** Of a zone as a whole up to version 4 of the provider, one by one from version 5 on. */
export function cloudflareFacts(view: PlatformView): Fact[] {
  const together = resourceBlocks(view, 'cloudflare_zone_settings_override').flatMap((block) =>
    nested(block, 'settings').flatMap(({ attributes }) =>
      Object.entries(attributes).flatMap(([name, value]) => judge(block.labels.join('.'), name, value)),
    ),
  );
  const single = resourceBlocks(view, 'cloudflare_zone_setting').flatMap((block) => {
    const { setting_id: name, value } = block.attributes;
    return typeof name?.literal === 'string' ? judge(block.labels.join('.'), name.literal, value) : [];
  });
  return [...together, ...single];
}

function judge(address: string, name: string, value: HclAttribute | undefined): Fact[] {
  const judged = SETTINGS[name];
  const what = judged?.wrong[String(value?.literal)];
  if (judged === undefined || value === undefined || what === undefined) return [];
  const { severity, remediation } = judged;
  return [
    {
      message: `${address} ${what} (${name} is ${String(value.literal)})`,
      severity,
      origin: value.origin,
      remediation,
    },
  ];
}
