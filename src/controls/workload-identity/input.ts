import type { Query, Subject } from '../../model/control.ts';
import { MalformedValue } from '../../model/cursor.ts';
import { workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  isLongRunning,
  servicesAndStores,
  theEnvironment,
  workloadsOf,
  workloadsOfStore,
} from '../../model/subjects.ts';
import {
  accountOf,
  certificatesOf,
  cloudIdentities,
  holdersOf,
  lastingTokens,
  operatedIdentities,
  ownersOf,
  projectedTokens,
  tokenMounted,
  usesApi,
  whyNoAccount,
  type Certificate,
  type OperatedIdentity,
  type ProjectedToken,
} from '../../proofs/identity/index.ts';
import { meshOf } from '../../proofs/mesh/index.ts';

/** Who a workload is to others, and what it holds to show it. */
export interface Identity {
  readonly workload: string;
  /** What it belongs to: `service api`, `job data/postgres-backup`. */
  readonly owner: string;
  readonly account: At<string>;
  /** Why it is not known that there is such an account, as the end of a sentence. */
  readonly unmade?: string;
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

/** Services, of declared jobs and of an operator's pods too, stores, and the environment for the rest: jobs, and tokens that lie about. */
export function bearers(view: PlatformView): Subject[] {
  const left =
    lastingTokens(view).length > 0 ||
    unclaimed(view).length > 0 ||
    operatedOf(view, theEnvironment(view)[0]).length > 0;
  const running = servicesAndStores(view);
  const known = new Set(running.filter(({ kind }) => kind === 'service').map(({ name }) => name));
  const jobs = view
    .services()
    .filter(
      ({ declared, unknown, workloads }) =>
        unknown?.ends === true || (declared && workloads.length > 0 && !workloads.some(isLongRunning)),
    )
    .map(({ name }): Subject => ({ kind: 'service', name }));
  const operated = view.spec.services
    .map(({ name }): Subject => ({ kind: 'service', name }))
    .filter((subject) => operatedOf(view, subject).length > 0);
  const others = [...new Map([...jobs, ...operated].map((subject) => [subject.name, subject])).values()];
  return [...running, ...others.filter(({ name }) => !known.has(name)), ...(left ? theEnvironment(view) : [])];
}

export function identities(subject: Subject): Query<Identities> {
  return (view) => {
    const workloads = ownWorkloads(view, subject);
    return {
      workloads: [
        ...workloads.map((workload) => identityOf(view, workload)),
        ...operatedOf(view, subject).map((one) => operatedIdentity(view, one)),
      ],
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

/** The operator's pods of a service; of the environment those that no service names. */
function operatedOf(view: PlatformView, subject: Subject | undefined): OperatedIdentity[] {
  return operatedIdentities(view).filter(({ owner }) =>
    subject?.kind === 'environment' ? !owner.startsWith('service ') : owner === `${subject?.kind} ${subject?.name}`,
  );
}

/** Whether they are given a token is the operator's word, which versions of it keep differently. */
function operatedIdentity(view: PlatformView, operated: OperatedIdentity): Identity {
  const { accounts, certificates } = bearersOf(view);
  const { owner, account, origin } = operated;
  return {
    workload: operated.workload,
    owner,
    account,
    ...unmade(view, account.value),
    shares: othersThan(owner, accounts.get(account.value)),
    token: { value: 'unknown', origin },
    usesApi: usesApi(view, account.value),
    projected: [],
    cloud: [],
    certificates: operated.certificates.map((certificate) => ({
      ...certificate,
      others: othersThan(owner, certificates.get(certificate.name)),
    })),
    origin,
  };
}

function unmade(view: PlatformView, account: string): Pick<Identity, 'unmade'> {
  const why = whyNoAccount(view, account);
  return why === undefined ? {} : { unmade: why };
}

function identityOf(view: PlatformView, workload: Workload): Identity {
  const owner = ownersOf(view).get(workload) ?? workloadName(workload);
  const account = accountOf(workload);
  const { accounts, certificates } = bearersOf(view);
  const mesh = meshOf(view, workload);
  return {
    workload: workloadName(workload),
    owner,
    account,
    ...unmade(view, account.value),
    shares: othersThan(owner, accounts.get(account.value)),
    token: tokenMounted(view, workload),
    usesApi: usesApi(view, account.value),
    projected: projectedTokens(workload),
    cloud: cloudIdentities(view, account.value).map((identity) => ({
      ...identity,
      others: holdersOf(view, identity.value).filter((holder) => holder !== account.value),
    })),
    certificates: certificatesOf(view, workload).map((certificate) => ({
      ...certificate,
      others: othersThan(owner, certificates.get(certificate.name)),
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
  for (const { owner, account, certificates: presented } of operatedIdentities(view)) {
    add(accounts, account.value, owner);
    for (const { name } of presented) add(certificates, name, owner);
  }
  return { accounts, certificates };
});

function othersThan(owner: string, owners: ReadonlySet<string> | undefined): string[] {
  return [...(owners ?? [])].filter((other) => other !== owner).sort();
}

function add(owners: Map<string, Set<string>>, key: string, owner: string): void {
  const known = owners.get(key);
  if (known === undefined) owners.set(key, new Set([owner]));
  else known.add(owner);
}
