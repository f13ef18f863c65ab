import type { Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';

/** What a part of the judgement came to: what is wrong, and what cannot be told. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly unclear: readonly { readonly because: string; readonly origin?: Origin }[];
}
