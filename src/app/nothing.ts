import { basename } from 'node:path';
import type { PlatformFacts } from '../model/platform.ts';
import type { CheckReport } from '../model/report.ts';
import type { Spec } from '../model/spec.ts';
import type { Digest } from '../model/digest.ts';
import type { Checked } from './check.ts';
import type { Project } from './project.ts';
import { version } from './version.ts';

const ENVIRONMENT: Spec['environments'][number] = { name: 'production', kind: 'production', allowedDifferences: [] };

/** SHA-256 of nothing, written out so that no cryptography is loaded for it. */
const NOTHING: Digest = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The answer for a folder without a file: nothing is proven, and nothing heavy was loaded to say so. */
export function nothingToCheck(project: Project): Checked {
  const name = basename(project.root).toLowerCase() || 'platform';
  const assumptions = ['the folder is empty'];
  const report: CheckReport = {
    apiVersion: 'launchgate/v1',
    kind: 'CheckReport',
    tool: { name: 'launchgate', version },
    platform: { name, environment: ENVIRONMENT.name, provisional: true, digest: NOTHING },
    assumptions,
    deployables: [],
    unread: [],
    leftOut: [],
    findings: [],
    waiting: [],
    withoutSubject: [],
    summary: { pass: 0, fail: 0, inconclusive: 0, error: 0, controls: 0, subjects: 0, ignored: 0 },
  };
  const run = { conclusions: [], waiting: [], withoutSubject: [] };
  return { report, facts: emptyFacts(name, assumptions), run, root: project.root, rowsFor: () => [] };
}

function emptyFacts(name: string, assumptions: readonly string[]): PlatformFacts {
  const spec: Spec = {
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name,
    environments: [ENVIRONMENT],
    services: [],
    stores: [],
    externals: [],
    subnets: [],
    credentials: [],
    channels: [],
    certificates: [],
    slos: [],
    people: [],
    severities: [],
    runbooks: [],
    drills: [],
    flags: [],
    milestones: [],
    tracks: [],
    controls: [],
    deferred: [],
    notApplicable: [],
    params: {},
    exclude: [],
  };
  return {
    name,
    environment: ENVIRONMENT,
    provisional: true,
    assumptions,
    spec,
    deployables: [],
    services: [],
    objects: [],
    workloads: [],
    terraform: [],
    documents: [],
    files: [],
    gaps: [],
    leftOut: [],
  };
}
