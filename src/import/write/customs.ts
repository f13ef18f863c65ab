import type { ControlMeta } from '../../model/control.ts';
import type { CustomControlSpec, Spec } from '../../model/spec.ts';
import type { ImportedItem, ItemKind } from '../types.ts';
import { slugOf } from '../match/words.ts';

/** Kinds that ask for something to hold. */
const KEPT: ReadonlySet<ItemKind> = new Set(['requirement', 'objective', 'gap', 'default', 'backlog']);

const MAX_AGE = '90d';

type Predicate = CustomControlSpec['accept']['predicate'];

/** Words that say which proof suits a control that nothing can check: the first that fits; a signature otherwise. */
const PROOFS: readonly (readonly [Predicate, RegExp])[] = [
  ['scan', /\b(?:scan(?:s|ning|ned)?|sast|dast)\b/i],
  [
    'test-result',
    /\b(?:unit|contract|integration|e2e|regression|acceptance) tests?\b|\btest (?:suite|report|results?)\b/i,
  ],
  [
    'attachment',
    /\b(?:reports?|documents?|documented|dashboards?|screenshots?|exports?|logs?|records?|diagrams?|matrix)\b/i,
  ],
];

/** Controls of the user's own for what the catalog does not have. */
export class Customs {
  private readonly taken: Map<string, CustomControlSpec | undefined>;
  private readonly controls: CustomControlSpec[] = [];
  private readonly existing: ReadonlyMap<string, CustomControlSpec>;
  private readonly remarks: string[];

  constructor(catalog: readonly ControlMeta[], existing: Spec | undefined, remarks: string[]) {
    this.taken = new Map(catalog.map((meta) => [meta.id, undefined]));
    this.existing = new Map(existing?.controls.map((control) => [control.id, control]));
    this.remarks = remarks;
  }

  /** Keeps an unmatched item and returns the control's id; none for what the catalog has or what asks for nothing. */
  keep(item: ImportedItem): string | undefined {
    if (item.matches.length > 0 || !KEPT.has(item.kind)) return undefined;
    const base = slugOf(item.title) || slugOf(`${item.kind} ${item.id}`) || 'imported';
    for (let count = 1; ; count += 1) {
      const id = count === 1 ? base : `${base}-${count}`;
      const known = this.existing.get(id);
      if (known?.statement === item.statement) {
        this.remarks.push(`${item.id}: the control “${id}” is in the spec already; it was left as it is`);
        return id;
      }
      if (known !== undefined) continue;
      if (!this.taken.has(id)) return this.create(id, item);
      const mine = this.taken.get(id);
      if (mine?.statement !== item.statement) continue;
      mine.sources.push(item.id);
      return id;
    }
  }

  added(): CustomControlSpec[] {
    return this.controls;
  }

  private create(id: string, item: ImportedItem): string {
    const control: CustomControlSpec = {
      id,
      title: item.title,
      statement: item.statement,
      stage: item.stage ?? 'day-0',
      launch: item.launch,
      sources: [item.id],
      accept: { predicate: proofOf(item), maxAge: MAX_AGE },
      ...(item.owner === undefined ? {} : { owner: item.owner }),
    };
    this.taken.set(id, control);
    this.controls.push(control);
    return id;
  }
}

function proofOf(item: ImportedItem): Predicate {
  const text = `${item.title} ${item.statement}`;
  return PROOFS.find(([, words]) => words.test(text))?.[0] ?? 'sign-off';
}
