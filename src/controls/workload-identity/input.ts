import type { Query, Subject } from '../../model/control.ts';
import { MalformedValue } from '../../model/cursor.ts';
import { workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesAndStores, theEnvironment, workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import {
  accountOf,
  certificatesOf,
  cloudIdentities,
  holdersOf,
  lastingTokens,
  ownersOf,
  projectedTokens,
  tokenMounted,
  usesApi,
  type Certificate,
  type ProjectedToken,
} from '../../proofs/identity/index.ts';
import { meshOf } from '../../proofs/mesh/index.ts';

/** Who a workload is to others, and what it holds to show it. */
export interface Identity {
  readonly workload: string;
  /** What it belongs to: `service api`, `job data/postgres-backup`. */
  readonly owner: string;
  readonly account: At<string>;
  /** Owners of other things that run as the same account. */
  readonly shares: readonly string[];
  readonly token: At<'yes' | 'no' | 'unknown'>;
  readonly usesApi: boolean;
  readonly projected: readonly ProjectedToken[];
  readonly cloud: readonly (At<string> & { readonly others: readonly string[] })[];
  readonly certificates: readonly (Certificate & { readonly others: readonly string[] })[];
  readonly mesh?: string;
  readonly origin: Origin;
}

export interface Identities {
  readonly workloads: readonly Identity[];
  /** Declared flows over mutual TLS that it takes part in. */
  readonly mutual: readonly string[];
  /** Tokens that never expire; asked of the environment only. */
  readonly lasting: readonly (At<string> & { readonly secret: string })[];
}

/** Services, stores, and the environment for what belongs to neither: jobs, and tokens that lie about. */
export function bearers(view: PlatformView): Subject[] {
  const left = lastingTokens(view).length > 0 || unclaimed(view).length > 0;
  return [...servicesAndStores(view), ...(left ? theEnvironment(view) : [])];
}

export function identities(subject: Subject): Query<Identities> {
  return (view) => {
    const workloads = ownWorkloads(view, subject);
    return {
      workloads: workloads.map((workload) => identityOf(view, workload)),
      mutual: (view.spec.flows ?? [])
        .filter(
          ({ from, to, encryption }) => encryption === 'mtls' && [from, to].includes(`${subject.kind}/${subject.name}`),
        )
        .map(({ from, to, port }) => `${from} -> ${to}${port === undefined ? '' : `:${port}`}`),
      lasting: subject.kind === 'environment' ? lastingTokens(view) : [],
    };
  };
}

function ownWorkloads(view: PlatformView, subject: Subject): readonly Workload[] {
  if (subject.kind === 'environment') return unclaimed(view);
  if (subject.kind === 'service') return workloadsOf(view, subject);
  const store = view.store(subject.name);
  return store === undefined ? [] : workloadsOfStore(view, store);
}

function unclaimed(view: PlatformView): Workload[] {
  const owners = ownersOf(view);
  return view.workloads().filter((workload) => !/^(?:service|store) /.test(owners.get(workload) ?? ''));
}

function identityOf(view: PlatformView, workload: Workload): Identity {
  const owner = ownersOf(view).get(workload) ?? workloadName(workload);
  const account = accountOf(workload);
  const { accounts, certificates } = bearersOf(view);
  const others = (owners: ReadonlySet<string> | undefined): string[] =>
    [...(owners ?? [])].filter((other) => other !== owner).sort();
  const mesh = meshOf(view, workload);
  return {
    workload: workloadName(workload),
    owner,
    account,
    shares: others(accounts.get(account.value)),
    token: tokenMounted(view, workload),
    usesApi: usesApi(view, account.value),
    projected: projectedTokens(workload),
    cloud: cloudIdentities(view, account.value).map((identity) => ({
      ...identity,
      others: holdersOf(view, identity.value).filter((holder) => holder !== account.value),
    })),
    certificates: certificatesOf(view, workload).map((certificate) => ({
      ...certificate,
      others: others(certificates.get(certificate.name)),
    })),
    ...(mesh !== undefined && { mesh }),
    origin: workload.object.origin,
  };
}

/** Who runs as each account and presents each certificate. A workload that Kubernetes would refuse is nobody here. */
const bearersOf = oncePerPlatform((view: PlatformView) => {
  const accounts = new Map<string, Set<string>>();
  const certificates = new Map<string, Set<string>>();
  for (const [workload, owner] of ownersOf(view)) {
    try {
      add(accounts, accountOf(workload).value, owner);
      for (const { name } of certificatesOf(view, workload)) add(certificates, name, owner);
    } catch (error) {
      if (!(error instanceof MalformedValue)) throw error;
    }
  }
  return { accounts, certificates };
});

function add(owners: Map<string, Set<string>>, key: string, owner: string): void {
  const known = owners.get(key);
  if (known === undefined) owners.set(key, new Set([owner]));
  else known.add(owner);
}
