import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';

export const QUESTIONS = ['encrypted', 'key', 'private', 'versioned', 'tls-only'] as const;
export type Question = (typeof QUESTIONS)[number];

/** One answer about one thing that holds data. `because` says what was found, for `no` and `unknown`. */
export interface Fact {
  readonly question: Question;
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly because: string;
  readonly origin: Origin;
  /** What mends it, where that is not what mends it in AWS. */
  readonly remedy?: string;
  /** Set where nothing was found that says otherwise. */
  readonly absent?: true;
}

/** Something that holds data, and what the repository says of it. */
export interface Holder {
  /** `aws_db_instance.orders`, `StorageClass fast`. */
  readonly id: string;
  readonly facts: readonly Fact[];
}

/** Makes facts about resources and modules by their addresses. `remedies` are what mends them, by the question, where that is not what mends it in AWS. */
export function factsWith(remedies: Readonly<Partial<Record<Question, string>>>) {
  return (
    { address, origin }: { readonly address: string; readonly origin: Origin },
    question: Question,
    answer: Fact['answer'],
    because: string,
    at: { readonly origin: Origin } = { origin },
  ): Fact => {
    const remedy = remedies[question];
    const said = { question, answer, because: `${address} ${because}`, origin: at.origin };
    return remedy === undefined ? said : { ...said, remedy };
  };
}

/** The answer of an attribute that is true or false. What stands for `unset` is the provider's default. */
export function flagFact(
  question: Question,
  name: string,
  attribute: HclAttribute | undefined,
  unset: { readonly answer: Fact['answer']; readonly because: string; readonly origin: Origin },
): Fact {
  if (attribute === undefined || attribute.literal === null) return { question, ...unset };
  const { origin } = attribute;
  const told = booleanOf(attribute);
  if (told !== undefined) return { question, answer: told ? 'yes' : 'no', because: `${name} is ${told}`, origin };
  return {
    question,
    answer: 'unknown',
    because: `${name} is ${attribute.text.trim()}, whose value is not written here`,
    origin,
  };
}

/** True or false, which Terraform also takes in quotes; undefined where the value is not written here, or is neither. */
export function booleanOf(attribute: HclAttribute | undefined): boolean | undefined {
  const text = String(attribute?.literal);
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Names of keys that AWS manages for a service: `alias/aws/sns`. */
const OF_AWS = /(?:^|:)alias\/aws\//;

/** Whose key: one that the platform manages, or the provider's own. */
export function keyFact(name: string, attribute: HclAttribute | undefined, origin: Origin): Fact {
  const { literal } = attribute ?? { literal: null };
  const named = literal !== null && literal !== '' && !OF_AWS.test(String(literal));
  return {
    question: 'key',
    answer: named ? 'yes' : 'no',
    because: named ? `${name} names a key` : `${name} names no key, so the provider's own is used`,
    origin: attribute?.origin ?? origin,
  };
}

/** Terraform address with the folder of its module, unique in a repository. */
export function addressOf(block: HclBlock): string {
  const address = block.labels.join('.');
  return block.module === '' || block.module === '.' ? address : `${block.module}/${address}`;
}

/** The nested block of a type; of a `dynamic` one its content, which may or may not be there. */
export function nested(block: HclBlock, type: string): HclBlock | undefined {
  return block.blocks.find((inner) => inner.type === type);
}

export function hasDynamic(block: HclBlock, type: string): boolean {
  return block.blocks.some((inner) => inner.type === 'dynamic' && inner.labels[0] === type);
}
