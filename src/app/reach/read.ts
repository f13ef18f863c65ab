import { indexPlatform, viewFor } from '../../engine/view.ts';
import { isMapping } from '../../model/cursor.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Location, Origin } from '../../model/origin.ts';
import type { PlatformFacts, PlatformView } from '../../model/platform.ts';
import { foreignPolicies } from '../../proofs/network/index.ts';
import { reachabilityOf, type Reachability } from '../../proofs/reachability/index.ts';
import type { ReachHead } from '../../report/reach/schema.ts';
import { openProject } from '../check.ts';
import { readPlatform } from '../judge.ts';
import type { Project } from '../project.ts';
import { version } from '../version.ts';
import { notesOf } from './notes.ts';

export interface ReachOptions {
  readonly environment?: string;
  readonly render?: boolean;
  readonly allowRemote?: boolean;
}

/** A platform read for reachability. */
export interface ReachSubject {
  readonly reach: Reachability;
  readonly view: PlatformView;
  readonly facts: PlatformFacts;
  readonly head: ReachHead;
  readonly locate: (origin: Origin) => Location | undefined;
}

/**
 * Reads and renders a repository and makes its reachability. Runs nothing of the repository. Throws `input-unreadable` where no workload
 * was found: of nothing it would hold that everything may talk to everything, and that no change opens anything.
 */
export async function readReach(project: Project, options: ReachOptions): Promise<ReachSubject> {
  const tree = openProject(project);
  const { facts, owner } = await readPlatform(tree, project, options);
  const { locate } = await import('../../engine/locate.ts');
  const view = viewFor(indexPlatform(facts), ['kubernetes', 'spec', 'nginx-conf']);
  const reach = reachabilityOf(view);
  if (reach.classes.byId.size === 0) {
    throw new LaunchgateError('input-unreadable', `no workload was found in ${project.root}`, {
      next: 'Name the folder with the manifests; "launchgate check" says what could not be read.',
    });
  }
  const place: ReachSubject['locate'] = (origin) => locate(tree, owner(origin));
  const head = headOf(facts, [
    ...notesOf(reach, foreignPolicies(view), opensPorts(view), place),
    ...idlePolicies(view),
  ]);
  return { reach, view, facts, head: { ...head, unread: [...head.unread, ...foreignTo(view, place)] }, locate: place };
}

/** Policies of network plugins that are not modelled: what they decide is not in the answer. */
function foreignTo(view: PlatformView, locate: ReachSubject['locate']): ReachHead['unread'] {
  return foreignPolicies(view)
    .filter(({ widens }) => widens)
    .map(({ id, origin }) => ({
      path: origin.path,
      ...locate(origin),
      reason: `${id} may let through or stop what is shown otherwise: its kind is not modelled`,
      fix: 'Ask the network plugin about its connections.',
    }))
    .map(({ path, line, reason, fix }) => ({ path, reason, fix, ...(line === undefined ? {} : { line }) }));
}

/** Policies of a version that no cluster takes: they look as if they did something. */
function idlePolicies(view: PlatformView): string[] {
  const taken: Readonly<Record<string, RegExp>> = {
    NetworkPolicy:
      /^(?:networking\.k8s\.io\/v1$|(?!extensions\/|networking\.k8s\.io\/|(?:crd\.)?projectcalico\.org\/))|^(?:projectcalico\.org\/v3|crd\.projectcalico\.org\/v1)$/,
    GlobalNetworkPolicy: /^(?:projectcalico\.org\/v3|crd\.projectcalico\.org\/v1)$/,
    CiliumNetworkPolicy: /^cilium\.io\/v2$/,
    CiliumClusterwideNetworkPolicy: /^cilium\.io\/v2$/,
  };
  return Object.entries(taken).flatMap(([kind, version]) =>
    view
      .objects(kind)
      .filter(({ apiVersion }) => !version.test(apiVersion))
      .map(
        ({ apiVersion, namespace, name }) =>
          `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} is of ${apiVersion}, which no cluster takes: it does nothing.`,
      ),
  );
}

function opensPorts(view: PlatformView): boolean {
  return view.objects('Service').some(({ body }) => {
    const spec = body['spec'];
    return isMapping(spec) && (spec['type'] === 'LoadBalancer' || spec['type'] === 'NodePort');
  });
}

function headOf({ name, environment, provisional, gaps }: PlatformFacts, notes: string[]): ReachHead {
  return {
    apiVersion: 'launchgate/v1',
    tool: { name: 'launchgate', version },
    platform: { name, environment: environment.name, provisional },
    unread: gaps
      .filter(({ hides }) => hides.includes('kubernetes'))
      .map(({ path, reason, fix, line }) => ({ path, reason, fix, ...(line === undefined ? {} : { line }) })),
    notes,
  };
}
