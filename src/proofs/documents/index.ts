import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';

/** A document that the spec names: a procedure, an SOP, a policy text. */
export type NamedDocument =
  | { readonly state: 'missing'; readonly path: string }
  /** A page outside of the repository: it cannot be looked at from here. */
  | { readonly state: 'elsewhere'; readonly address: string }
  | {
      readonly state: 'present';
      readonly path: string;
      /** Absent for files that are not Markdown. */
      readonly words?: number;
      readonly placeholders: readonly { readonly text: string; readonly origin: Origin }[];
    };

export interface DocumentRules {
  /** What the document is to the reader: `the SOP of api-database`. */
  readonly what: string;
  /** Fewer words make a stub. */
  readonly minWords: number;
  /** Hosts whose pages are taken as there. */
  readonly trustedHosts: readonly string[];
}

export interface DocumentVerdict {
  readonly findings: readonly Finding[];
  /** What nobody can tell from here. */
  readonly open: readonly string[];
}

const DOCUMENT = /https?:\/\/[^\s,;)]+|[\w@.-]+(?:\/[\w@.-]+)*\.(?:md|mdx|markdown|adoc|rst|txt|pdf|ya?ml|json)\b/gi;

/** The documents that a text of the spec names, as paths from the root or addresses: `AWS SSO, docs/sop/break-glass.md`. */
export function documentsIn(view: PlatformView, text: string): NamedDocument[] {
  const files = new Set(view.files());
  return (text.match(DOCUMENT) ?? []).map((name): NamedDocument => {
    if (/^https?:/i.test(name)) return { state: 'elsewhere', address: name };
    const path = name.replace(/^(?:\.\/)+/, '');
    if (!files.has(path)) return { state: 'missing', path };
    const outlined = view.outlines().find((document) => document.path === path);
    if (outlined === undefined) return { state: 'present', path, placeholders: [] };
    const placeholders = outlined.outline.placeholders.map(({ text: found, line }) => ({
      text: found,
      origin: { path, line, column: 1 },
    }));
    return { state: 'present', path, words: outlined.words, placeholders };
  });
}

/** Whether the documents are there and say something. */
export function judgeDocuments(documents: readonly NamedDocument[], rules: DocumentRules): DocumentVerdict {
  const judged = documents.map((document) => judgeDocument(document, rules));
  return { findings: judged.flatMap(({ findings }) => findings), open: judged.flatMap(({ open }) => open) };
}

function judgeDocument(document: NamedDocument, { what, minWords, trustedHosts }: DocumentRules): DocumentVerdict {
  if (document.state === 'elsewhere') {
    const trusted = URL.canParse(document.address) && trustedHosts.includes(new URL(document.address).hostname);
    return { findings: [], open: trusted ? [] : [`${what} is ${document.address}, which cannot be read from here`] };
  }
  if (document.state === 'missing') {
    const message = `${what}, ${document.path}, is not in the repository`;
    return {
      findings: [{ message, severity: 'high', fromAbsence: true, remediation: 'Write it, or correct the path.' }],
      open: [],
    };
  }
  const unfilled = document.placeholders.map(({ text, origin }): Finding => ({
    message: `${what} still holds the placeholder ${text}`,
    severity: 'high',
    origin,
    remediation: 'Fill it in.',
  }));
  const { path, words } = document;
  if (words === undefined || words >= minWords) return { findings: unfilled, open: [] };
  const stub: Finding = {
    message: `${what} has ${words} words, which is a stub`,
    severity: 'medium',
    origin: { path, line: 1, column: 1 },
    remediation: 'Say who does it, step by step, and how to see that it worked.',
  };
  return { findings: [...unfilled, stub], open: [] };
}
