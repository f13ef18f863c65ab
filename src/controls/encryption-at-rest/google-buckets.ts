import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isList, textOf, type Body, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { elements, flag, refersTo, text } from '../../proofs/topology/read.ts';
import { factsWith, type Fact, type Holder } from './facts.ts';

/** Buckets of Google Cloud, which encrypts every object and takes no request without TLS that names somebody. */
export function googleBuckets(view: PlatformView): Holder[] {
  return configurationsOf(view).flatMap((root) =>
    root
      .of('google_storage_bucket')
      .filter(({ mode }) => mode === 'managed')
      .map((bucket) => ({ id: bucket.address, facts: [keyOf(bucket), privacy(root, bucket), versioning(bucket)] })),
  );
}

/** A fact about a bucket, with what mends it. */
const fact = factsWith({
  private: 'Set public_access_prevention to "enforced".',
  versioned: 'Add a versioning block with enabled true, and a lifecycle rule that ends old versions.',
});

function keyOf(bucket: Resource): Fact {
  const key = bucket.blocks('encryption').flatMap((one) => one.attribute('default_kms_key_name') ?? [])[0];
  return key === undefined
    ? fact(bucket, 'key', 'no', "names no key, so Google's own is used")
    : fact(bucket, 'key', 'yes', 'is encrypted by a key of KMS', key);
}

/** Without the prevention a bucket is as public as its roles and ACLs make it, here or elsewhere. */
function privacy(root: Configuration, bucket: Resource): Fact {
  const prevention = text(bucket, 'public_access_prevention', 'inherited');
  if (prevention.known && prevention.value === 'enforced')
    return fact(bucket, 'private', 'yes', 'prevents public access', prevention);
  const open = everybodyIn(root, bucket);
  if (open !== undefined && prevention.known)
    return fact(bucket, 'private', 'no', `is open to everybody by ${open.value}`, open);
  return fact(
    bucket,
    'private',
    'unknown',
    prevention.known
      ? 'does not enforce public_access_prevention, so its organization or somebody elsewhere decides'
      : `leaves public_access_prevention open: ${prevention.because}`,
    prevention,
  );
}

const EVERYBODY = /^(?:allUsers|allAuthenticatedUsers)$/;
/** ACLs of buckets and objects by one word. https://cloud.google.com/storage/docs/access-control/lists#predefined-acl */
const PUBLIC_ACL = /^(?:publicRead|publicReadWrite|authenticatedRead)$/;

function everybodyIn(root: Configuration, bucket: Resource): At<string> | undefined {
  const own = (type: string): Resource[] => root.of(type).filter((one) => refersTo(one, 'bucket', bucket, 'name'));
  const granted = [...own('google_storage_bucket_iam_member'), ...own('google_storage_bucket_iam_binding')].map(
    (one) => [one, one] as const,
  );
  const whole = own('google_storage_bucket_iam_policy').flatMap((one) =>
    root
      .named(one.attribute('policy_data')?.value ?? null)
      .flatMap((policy) => policy.blocks('binding').map((binding) => [one, binding] as const)),
  );
  const byRole = [...granted, ...whole].flatMap(([{ address }, body]) => memberIn(address, body) ?? []);
  const byAcl = ['google_storage_bucket_acl', 'google_storage_default_object_acl'].flatMap(own).flatMap(aclOf);
  const byEntity = ['google_storage_bucket_access_control', 'google_storage_default_object_access_control']
    .flatMap(own)
    .flatMap(entityOf);
  return [...byRole, ...byAcl, ...byEntity][0];
}

function memberIn(address: string, body: Body): At<string> | undefined {
  const members = [...elements(body, 'member'), ...elements(body, 'members')];
  const found = members.find(({ value }) => EVERYBODY.test(textOf(value) ?? ''));
  return found && { value: address, origin: found.origin };
}

function aclOf(acl: Resource): At<string>[] {
  const word = acl.attribute('predefined_acl');
  const entities = acl.attribute('role_entity')?.value;
  const isOpen =
    PUBLIC_ACL.test(textOf(word?.value ?? null) ?? '') ||
    (entities !== undefined &&
      isList(entities) &&
      entities.some((one) => EVERYBODY.test((textOf(one) ?? '').split(':').at(-1) ?? '')));
  return isOpen ? [{ value: acl.address, origin: word?.origin ?? acl.origin }] : [];
}

function entityOf(control: Resource): At<string>[] {
  const entity = control.attribute('entity');
  const isOpen = entity !== undefined && EVERYBODY.test(textOf(entity.value) ?? '');
  return isOpen ? [{ value: control.address, origin: entity.origin }] : [];
}

function versioning(bucket: Resource): Fact {
  const open = bucket.open('versioning');
  if (open !== undefined) return fact(bucket, 'versioned', 'unknown', `is versioned under a condition: ${open}`);
  const [block] = bucket.blocks('versioning');
  if (block === undefined) return { ...fact(bucket, 'versioned', 'no', 'keeps no versions'), absent: true };
  const told = flag(block, 'enabled', false);
  if (!told.known) return fact(bucket, 'versioned', 'unknown', `is versioned or not: ${told.because}`, told);
  return told.value
    ? fact(bucket, 'versioned', 'yes', 'keeps versions', told)
    : fact(bucket, 'versioned', 'no', 'has versioning turned off', told);
}
