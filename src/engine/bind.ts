/**
 * What evidence of a control is bound to: the answer of its query and its resolved params, for each subject, by digest. Drift is a digest
 * that is another one now.
 */
import type { AnyControl, Subject } from '../model/control.ts';
import { inputDigest, type Digest } from '../model/digest.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';
import type { ParamOrigin } from '../model/report.ts';
import { gapsFor, inWords, indexGaps } from './gaps.ts';
import { resolveParams, type PolicyFloors, type ResolvedParams } from './params.ts';
import { indexPlatform, viewFor, type PlatformIndex } from './view.ts';

/** What a control's evidence is bound to for one subject, and the values behind both digests, which a drill plans from. */
export interface Binding {
  readonly control: AnyControl;
  readonly subject: Subject;
  readonly input: Digest;
  readonly params: Digest;
  readonly paramOrigins: Readonly<Record<string, ParamOrigin>>;
  readonly answer: unknown;
  readonly values: unknown;
  /** What could not be read and may be a part of the answer, in words: then nobody knows whether the answer is still the same. */
  readonly unread?: string;
}

/**
 * The subjects and digests of every control that is built, with or without a check: what evidence from drills, scans and people
 * must be bound to. A control whose query cannot be answered is left out; its requirement is then missing. `isJudged`: what could not be
 * read is a subject of its own there, and blocks by itself; elsewhere it leaves open whatever a control reads.
 */
export function bindControls(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  floors: PolicyFloors = {},
  isJudged = true,
): Binding[] {
  const index = indexPlatform(facts);
  const gaps = indexGaps(facts);
  return controls.flatMap((control) => {
    const hidden = gapsFor(gaps, control.meta.reads);
    try {
      return control.subjects(viewFor(index, control.meta.reads)).flatMap((subject) => {
        const bound = bind(control, subject, index, floors);
        return 'cause' in bound
          ? []
          : [bindingOf(control, subject, bound, isJudged ? hidden.touching(subject) : hidden.all)];
      });
    } catch {
      return [];
    }
  });
}

function bindingOf(
  control: AnyControl,
  subject: Subject,
  { input, digest, params }: Bound,
  gaps: readonly Gap[],
): Binding {
  return {
    control,
    subject,
    input: digest,
    params: params.digest,
    paramOrigins: params.origins,
    answer: input,
    values: params.values,
    ...(gaps.length === 0 ? {} : { unread: inWords(gaps) }),
  };
}

/** Why a control's evidence can be bound to nothing for a subject: params that do not fit, a query that cannot be answered. */
export function bindFault(
  facts: PlatformFacts,
  control: AnyControl,
  subject: Subject,
  floors: PolicyFloors = {},
): unknown {
  const bound = bind(control, subject, indexPlatform(facts), floors);
  return 'cause' in bound ? bound.cause : undefined;
}

/** What the query of a control answered for a subject, its digest and the resolved params. */
export interface Bound {
  readonly input: unknown;
  readonly digest: Digest;
  readonly params: ResolvedParams;
}

/** Resolves the params and asks the control's query; answers the cause where either cannot be done. */
export function bind(
  control: AnyControl,
  subject: Subject,
  index: PlatformIndex,
  floors: PolicyFloors,
): Bound | { readonly cause: unknown } {
  try {
    const params = resolveParams(control, subject, index.facts, floors);
    const input = control.inputs(subject)(viewFor(index, control.meta.reads));
    return { input, digest: inputDigest(input ?? null), params };
  } catch (cause) {
    return { cause };
  }
}
