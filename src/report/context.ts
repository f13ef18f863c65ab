import type { ControlMeta } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import type { CheckReport } from '../model/report.ts';
import type { TrackSpec } from '../model/spec.ts';
import type { Style } from './text/style.ts';
import type { Topology } from './topology/model.ts';

/** What a reader wants to know of a piece of evidence without opening it. */
export interface EvidenceNote {
  readonly digest: Digest;
  /** In words: "drill", "scan by trivy", "sign-off by dana". */
  readonly title: string;
  /** RFC 3339: the time its age counts from. */
  readonly at: string;
}

/** What renderers know besides the report itself. Everything is optional but the catalog: a renderer leaves out what it has no data for. */
export interface ReportContext {
  readonly controls: readonly ControlMeta[];
  /** Address of the folder that holds the pages of the controls, without a slash at its end. */
  readonly docs?: string;
  /** Folder of the checked PATH below the repository's root, `/`-separated; SARIF addresses files from that root. */
  readonly prefix?: string;
  /** File below PATH at which SARIF shows a finding that has no place of its own; the spec's usual name by default. */
  readonly unplaced?: string;
  readonly topology?: Topology;
  readonly tracks?: readonly TrackSpec[];
  /** Evidence that a decision refers to. */
  readonly evidence?: readonly EvidenceNote[];
  /** For a decision's page: the check that stands behind it, so that it can show the counter-examples. */
  readonly check?: CheckReport;
}

/** How human output is laid out. The caller decides on colour (NO_COLOR, FORCE_COLOR, terminal or not). */
export interface HumanOptions {
  /** Columns; clamped to 40 … 200. */
  readonly width: number;
  readonly style: Style;
  /** Lists passes, baselined and ignored findings too, and cuts no list. */
  readonly verbose: boolean;
  /** Command lines to offer at the end, instead of the usual ones. */
  readonly next?: readonly string[];
}

/** Metadata of a control, or a stand-in for one that the catalog does not hold (a control of the user's own). */
export function controlMeta(context: ReportContext, id: string): ControlMeta {
  return context.controls.find((meta) => meta.id === id) ?? unknownControl(id);
}

/** Address of a control's page; undefined where no docs folder is known. */
export function docsLink(context: ReportContext, id: string): string | undefined {
  return context.docs === undefined ? undefined : `${context.docs}/${encodeURIComponent(id)}.md`;
}

function unknownControl(id: string): ControlMeta {
  return {
    id,
    title: id,
    statement: '',
    area: 'operations',
    stage: 'day-0',
    launch: false,
    sources: [],
    halves: [],
    reads: [],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 0,
  };
}
