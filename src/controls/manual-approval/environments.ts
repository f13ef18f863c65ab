import { Cursor } from '../../model/cursor.ts';
import type { DataDocument, HclBlock } from '../../model/document.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** An environment of GitHub as its settings were exported, or as Terraform makes them. */
export interface Protection {
  readonly name: string;
  /** Logins of people and slugs of teams; ids where Terraform gives no names. */
  readonly reviewers: At<readonly string[]>;
  /** Undefined where the export does not say. */
  readonly preventsSelfReview?: boolean;
  readonly origin: Origin;
}

export function protections(view: PlatformView): Protection[] {
  return [
    ...view.data('github-environment').map(exported),
    ...view.terraform('resource', 'github_repository_environment').flatMap(fromTerraform),
  ];
}

/** The answer of `GET /repos/OWNER/REPO/environments/NAME`. */
function exported({ data, origin }: DataDocument): Protection {
  const root = new Cursor(data, origin);
  const rules = root.get('protection_rules');
  const rule = rules.items().find((item) => item.get('type').string() === 'required_reviewers');
  const prevents = rule?.get('prevent_self_review').boolean();
  return {
    name: root.get('name').string() ?? '',
    reviewers: { value: rule?.get('reviewers').items().flatMap(reviewer) ?? [], origin: rule?.origin ?? rules.origin },
    ...(prevents === undefined ? {} : { preventsSelfReview: prevents }),
    origin,
  };
}

function reviewer(item: Cursor): string[] {
  const who = item.get('reviewer');
  return [who.get('login').string() ?? who.get('slug').string() ?? who.get('name').string() ?? ''].filter(Boolean);
}

function fromTerraform(block: HclBlock): Protection[] {
  const name = block.attributes['environment']?.literal;
  if (typeof name !== 'string') return [];
  const reviewers = block.blocks.find(({ type }) => type === 'reviewers');
  const listed = [reviewers?.attributes['users'], reviewers?.attributes['teams']];
  const prevents = block.attributes['prevent_self_review'];
  return [
    {
      name,
      reviewers: {
        value: listed.flatMap((list) => (list === undefined ? [] : wordsOf(list.text))),
        origin: reviewers?.origin ?? block.origin,
      },
      preventsSelfReview: prevents?.literal === true,
      origin: block.origin,
    },
  ];
}

/** The elements of a list as written: ids, or references to people and teams. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/[[\]\s"]/g, '')
    .split(',')
    .filter(Boolean);
}
