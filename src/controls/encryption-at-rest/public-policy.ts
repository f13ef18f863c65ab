import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isList, isMap, textOf, type Body, type Value } from '../../proofs/topology/evaluate/index.ts';
import { documentOf } from '../../proofs/topology/index.ts';
import { companion } from './companions.ts';
import { policyOf } from './policies.ts';

/** Where the policy of a bucket allows everybody something, and asks for nothing but TLS. */
export function publicPolicy(view: PlatformView, bucket: HclBlock): Origin | undefined {
  const found = companion(view, 'aws_s3_bucket_policy', bucket);
  const policy = policyOf(view, found === undefined || found === 'open' ? bucket : found);
  if (policy === undefined) return undefined;
  if (policy.document !== undefined) return policy.document.blocks('statement').find(isOpenBlock)?.origin;
  const json = documentOf(policy.value);
  const statements = json !== undefined && isMap(json) ? (json['Statement'] ?? []) : [];
  return (isList(statements) ? statements : [statements]).some(isOpenStatement) ? policy.origin : undefined;
}

const EVERYBODY = '*';

function isOpenStatement(statement: Value): boolean {
  if (!isMap(statement) || statement['Effect'] !== 'Allow') return false;
  const { Principal: principal = null, Condition: condition = null } = statement;
  const named = isMap(principal) ? (principal['AWS'] ?? null) : principal;
  const asked = isMap(condition) ? Object.values(condition) : condition === null ? [] : [condition];
  const keys = asked.flatMap((keyed) => (isMap(keyed) ? Object.keys(keyed) : ['']));
  return textsOf(named).includes(EVERYBODY) && keys.every(isAboutTls);
}

function isOpenBlock(statement: Body): boolean {
  if (statement.attribute('effect')?.value === 'Deny' || statement.open('condition') !== undefined) return false;
  const named = statement.blocks('principals').flatMap((one) => textsOf(one.attribute('identifiers')?.value ?? null));
  const keys = statement.blocks('condition').map((one) => textOf(one.attribute('variable')?.value ?? null) ?? '');
  return named.includes(EVERYBODY) && keys.every(isAboutTls);
}

function isAboutTls(key: string): boolean {
  return key.toLowerCase() === 'aws:securetransport';
}

function textsOf(value: Value): string[] {
  return (isList(value) ? value : [value]).flatMap((one) => textOf(one) ?? []);
}
