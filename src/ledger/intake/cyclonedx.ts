import { z } from 'zod';
import type { Digest } from '../../model/digest.ts';
import type { Severity } from '../../model/result.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import {
  digestOfReport,
  INTAKE_LIMITS,
  instant,
  malformed,
  notWhole,
  tally,
  toolNamed,
  type IntakeLimits,
  type Report,
  type ReportedItem,
} from './report.ts';
import { fromScore, fromScoreV2, fromWord, worst } from './severity.ts';

const text = z.string();

const rating = z.object({ severity: text.optional(), score: z.number().optional(), method: text.optional() });
const vulnerability = z.object({
  id: text.optional(),
  'bom-ref': text.optional(),
  ratings: z.array(rating).optional(),
  description: text.optional(),
  rejected: text.optional(),
  analysis: z.object({ state: text.optional(), justification: text.optional(), detail: text.optional() }).optional(),
  affects: z.array(z.object({ ref: text })).optional(),
});

interface Component {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly components?: readonly Component[] | undefined;
}
const component: z.ZodType<Component> = z.lazy(() =>
  z.object({ name: text.optional(), version: text.optional(), components: z.array(component).optional() }),
);
const tool = z.object({ name: text.optional(), version: text.optional() });

const cyclonedx = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.4', '1.5', '1.6', '1.7']),
  metadata: z
    .object({
      timestamp: text.optional(),
      tools: z.union([z.array(tool), z.object({ components: z.array(tool).optional() })]).optional(),
      component: z
        .object({
          version: text.optional(),
          purl: text.optional(),
          hashes: z.array(z.object({ alg: text, content: text })).optional(),
          properties: z.array(z.object({ name: text.optional(), value: text.optional() })).optional(),
        })
        .optional(),
    })
    .optional(),
  components: z.array(component).optional(),
  vulnerabilities: z.array(vulnerability).optional(),
});
type Bom = z.infer<typeof cyclonedx>;
type Vulnerability = z.infer<typeof vulnerability>;

/**
 * Reads a CycloneDX document (JSON, 1.4 to 1.7) with vulnerabilities. Its scope is the number of components; a document
 * without a list of vulnerabilities, be it an empty one, is an inventory that nobody scanned, and has none. Nor has one with an empty
 * list of a tool that writes it into inventories too, unless the caller says that it `wasScan`. Throws `evidence-invalid`, naming `where`.
 */
export function readCycloneDx(
  bytes: Uint8Array,
  where: string,
  wasScan = false,
  limits: IntakeLimits = INTAKE_LIMITS,
): Report {
  const json = parseBoundedJson(bytes, limits);
  if (!json.ok) throw malformed(where, 'a CycloneDX report', json.reason);
  const parsed = cyclonedx.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(where, 'a CycloneDX report', `${issue?.path.join('.') || 'document'}: ${issue?.message}`);
  }
  const bom = parsed.data;
  const components = countComponents(bom.components ?? []);
  if (components > limits.entries || (bom.vulnerabilities?.length ?? 0) > limits.entries)
    throw malformed(where, 'a CycloneDX report', `more than ${limits.entries} components or vulnerabilities`);
  const [first] = toolsOf(bom);
  const untold = wasScan ? undefined : untoldScan(bom);
  const finishedAt = instant(bom.metadata?.timestamp);
  return {
    format: 'cyclonedx',
    tool: toolNamed(first?.name, first?.version),
    report: digestOfReport(bytes),
    scanned: scannedDigests(bom),
    scope: bom.vulnerabilities === undefined || untold !== undefined ? 0 : components,
    ...notWhole(untold),
    ...tally((bom.vulnerabilities ?? []).map(itemOf), limits),
    commits: [],
    ...(finishedAt === undefined ? {} : { startedAt: finishedAt, finishedAt }),
  };
}

function toolsOf({ metadata }: Bom): readonly z.infer<typeof tool>[] {
  const tools = metadata?.tools;
  return Array.isArray(tools) ? tools : (tools?.components ?? []);
}

/** Tools that write an empty list of vulnerabilities whether they looked for any or not: Trivy looks only with `--scanners vuln`. */
const EMPTY_EITHER_WAY: ReadonlySet<string> = new Set(['trivy']);

/** Why an empty list does not say that anybody looked; `undefined` where it does. */
function untoldScan(bom: Bom): string | undefined {
  if (bom.vulnerabilities?.length !== 0) return undefined;
  const names = toolsOf(bom).map(({ name }) => name ?? '');
  if (names.length === 0 || !names.every((name) => EMPTY_EITHER_WAY.has(name.toLowerCase()))) return undefined;
  return `${names[0]} lists no vulnerability, as it does where it only takes stock; where it was told to look for them, say so with --scanned`;
}

function countComponents(components: readonly Component[]): number {
  return components.reduce((sum, one) => sum + 1 + countComponents(one.components ?? []), 0);
}

function itemOf(one: Vulnerability): ReportedItem {
  const because = setAside(one);
  const affected = one.affects?.[0]?.ref;
  return {
    id: one.id ?? one['bom-ref'] ?? 'unnamed',
    severity: severityOf(one),
    message: one.description ?? '',
    ...(affected === undefined ? {} : { location: affected }),
    ...(because === undefined ? {} : { because }),
  };
}

/** The worst of all ratings, whoever gave them. Without any that says something it is high: unknown is not harmless. */
function severityOf({ ratings }: Vulnerability): Severity {
  return worst((ratings ?? []).flatMap((one) => severityOfRating(one) ?? [])) ?? 'high';
}

/** The word where there is one (vendors lower it for their builds), else the score by its method's scale. */
function severityOfRating({ severity, score, method }: z.infer<typeof rating>): Severity | undefined {
  const worded = severity === undefined ? undefined : fromWord(severity);
  if (worded !== undefined || score === undefined) return worded;
  if (method === 'CVSSv2') return fromScoreV2(score);
  return method === undefined || method.startsWith('CVSS') ? fromScore(score) : undefined;
}

/**
 * VEX states in which the document's author says that the product is not affected, or no longer. "Not affected" without a justification or
 * a word more is no analysis.
 */
const SETTLED = new Set(['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree']);

function setAside({ analysis, rejected }: Vulnerability): string | undefined {
  if (rejected !== undefined) return `rejected ${rejected}`;
  if (analysis?.state === undefined || !SETTLED.has(analysis.state)) return undefined;
  const isReasoned = Boolean(analysis.justification?.trim()) || Boolean(analysis.detail?.trim());
  if (analysis.state === 'not_affected' && !isReasoned) return undefined;
  return [analysis.state, analysis.justification, analysis.detail].filter((part) => part !== undefined).join(': ');
}

/** Digests of the described component itself: its SHA-256, the one in its purl or version, and those its registry gave. */
function scannedDigests({ metadata }: Bom): Digest[] {
  const about = metadata?.component;
  const named = [
    ...(about?.hashes ?? []).flatMap(({ alg, content }) => (alg === 'SHA-256' ? [`sha256:${content}`] : [])),
    ...(about?.version === undefined ? [] : [about.version]),
    ...(about?.purl === undefined ? [] : [purlVersion(about.purl)]),
    ...(about?.properties ?? []).flatMap(({ name, value }) =>
      name?.endsWith(':RepoDigest') ? [value?.split('@')[1] ?? ''] : [],
    ),
  ];
  const digests = named.map((one) => one.toLowerCase()).filter((one) => /^sha256:[0-9a-f]{64}$/.test(one));
  return [...new Set(digests)] as Digest[];
}

/** `pkg:type/name@version?qualifiers#subpath`, the version percent-encoded. */
function purlVersion(purl: string): string {
  const version = /^pkg:[^?#]*@([^@?#]+)/.exec(purl)?.[1] ?? '';
  try {
    return decodeURIComponent(version);
  } catch {
    return '';
  }
}
