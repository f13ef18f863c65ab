/** Calls of modules that hold data and whose sources are not here: judged by what their inputs say, else not known. */
import type { PlatformView } from '../../model/platform.ts';
import { isMap, textOf, type Configuration } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, makesStore } from '../../proofs/topology/index.ts';
import { flag } from '../../proofs/topology/read.ts';
import { factsWith, type Fact, type Holder, type Question } from './facts.ts';

type Call = Configuration['unread'][number];

const fact = factsWith({});

const MODULE = /^(?:registry\.[a-z.]+\/)?terraform-aws-modules\/(?<name>[\w-]+)\/aws$/;

/** Modules for clouds that encrypt all their stores. */
const ENCRYPTING = /\/(?:azure|azurerm|digitalocean|google|google-beta)(?:\/\/|$)/;

/** Inputs that switch encryption on, by the module. */
const SWITCHES: Readonly<Record<string, string>> = {
  rds: 'storage_encrypted',
  'rds-aurora': 'storage_encrypted',
  elasticache: 'at_rest_encryption_enabled',
  efs: 'encrypted',
  redshift: 'encrypted',
};

const BLOCKING = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'] as const;

export function unreadHolders(view: PlatformView): Holder[] {
  return configurationsOf(view).flatMap(({ unread }) =>
    unread.flatMap((call) => {
      const name = MODULE.exec(call.source)?.groups?.['name'] ?? '';
      const encrypted = SWITCHES[name];
      if (encrypted !== undefined)
        return [{ id: call.address, facts: [switched(call, 'encrypted', encrypted, `Set ${encrypted} to true.`)] }];
      if (name === 's3-bucket') return [{ id: call.address, facts: bucketFacts(call) }];
      const mayBePlain = makesStore(call.source) && !ENCRYPTING.test(call.source);
      return mayBePlain ? [{ id: call.address, facts: [untold(call)] }] : [];
    }),
  );
}

function untold(call: Call): Fact {
  return fact(call, 'encrypted', 'unknown', `is called after a store, and its source ${call.source} is not here`);
}

/** An input that is true or false; where it is not given the version of the module decides. */
function switched(call: Call, question: Question, input: string, remedy: string): Fact {
  const { inputs } = call;
  if (inputs.attribute(input) === undefined)
    return fact(call, question, 'unknown', `does not set ${input}, and its source ${call.source} is not here`);
  const told = flag(inputs, input, false);
  if (!told.known) return fact(call, question, 'unknown', `leaves ${input} open: ${told.because}`, told);
  const answer = told.value ? 'yes' : 'no';
  return { ...fact(call, question, answer, `sets ${input} to ${String(told.value)}`, told), remedy };
}

/** https://registry.terraform.io/modules/terraform-aws-modules/s3-bucket/aws/latest?tab=inputs */
function bucketFacts(call: Call): Fact[] {
  const blocked = BLOCKING.map((input) => switched(call, 'private', input, `Set ${input} to true.`));
  const open = blocked.find(({ answer }) => answer === 'no') ?? blocked.find(({ answer }) => answer === 'unknown');
  const isNewer = /^[^\d]*(?:[4-9]|\d\d)\./.test(call.version ?? '');
  const isDefault = BLOCKING.every((input) => call.inputs.attribute(input) === undefined);
  const byDefault = fact(call, 'private', 'yes', 'blocks public access, as its module does by itself');
  return [
    isNewer && isDefault ? byDefault : (open ?? fact(call, 'private', 'yes', 'blocks public access')),
    versioning(call),
    switched(
      call,
      'tls-only',
      'attach_deny_insecure_transport_policy',
      'Set attach_deny_insecure_transport_policy to true.',
    ),
  ];
}

/** `versioning` is a map of which `enabled` or `status` decides. */
function versioning(call: Call): Fact {
  const at = call.inputs.attribute('versioning');
  const remedy = 'Set versioning to { enabled = true }.';
  if (at === undefined) return { ...fact(call, 'versioned', 'no', 'keeps no versions'), absent: true, remedy };
  const told = isMap(at.value) ? [at.value['enabled'], at.value['status']] : [];
  const texts = told.flatMap((value) => textOf(value ?? null) ?? []);
  if (texts.some((text) => /^(?:true|enabled)$/i.test(text)))
    return fact(call, 'versioned', 'yes', 'keeps versions', at);
  return texts.length === 0
    ? fact(call, 'versioned', 'unknown', 'takes its versioning from what is not known here', at)
    : { ...fact(call, 'versioned', 'no', 'has versioning turned off', at), remedy };
}
