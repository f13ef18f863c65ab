import type { Query, Subject } from '../../model/control.ts';
import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { consumers, operatedSecret, producers, type Consumer, type Producer } from '../../proofs/secrets/index.ts';

interface Delivery {
  readonly secret: string;
  /** Mechanism that the spec chose for this credential. */
  readonly chosen?: string;
  readonly declared: boolean;
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  /** A policy that makes Secrets in namespaces of its choice. */
  readonly copier?: string;
  /** The object whose operator makes it: `Cluster shop/pg`. */
  readonly operated?: string;
  /** Services that the spec lets use it; undefined where the spec does not speak of it. */
  readonly entitled?: readonly string[];
}

interface Params {
  readonly mechanisms: readonly string[];
  readonly external: readonly string[];
}

/** The credentials of the spec, and every other Secret that a workload takes in. */
export function credentials(view: PlatformView): Subject[] {
  const declared = view.spec.credentials.map(({ name }) => name);
  const known = new Set(view.spec.credentials.map(({ name, secret }) => secret ?? name));
  const used = consumers(view).map(({ secret }) => secret);
  return [...new Set([...declared, ...used.filter((secret) => !known.has(secret))])].map((name) => ({
    kind: 'credential',
    name,
  }));
}

export function delivery(subject: Subject): Query<Delivery> {
  return (view) => {
    const credential = view.spec.credentials.find(({ name }) => name === subject.name);
    const secret = credential?.secret ?? subject.name;
    const entitled = entitledTo(view).get(subject.name) ?? [];
    const copier = copierOf(view);
    const users = consumersOf(view).get(secret) ?? [];
    const operated = users.map(({ namespace }) => operatedSecret(view, namespace, secret)).find(Boolean);
    return {
      secret,
      declared: credential !== undefined,
      producers: producersOf(view).get(secret) ?? [],
      consumers: users,
      ...(copier !== undefined && { copier }),
      ...(operated !== undefined && { operated }),
      ...(credential?.mechanism === undefined ? {} : { chosen: credential.mechanism }),
      ...(credential === undefined || entitled.length === 0 ? {} : { entitled }),
    };
  };
}

/** Every credential asks. */
const producersOf = oncePerPlatform((view: PlatformView) => Map.groupBy(producers(view), ({ secret }) => secret));
const consumersOf = oncePerPlatform((view: PlatformView) => Map.groupBy(consumers(view), ({ secret }) => secret));
/** A policy of Kyverno that generates Secrets. https://kyverno.io/docs/policy-types/cluster-policy/generate/ */
const copierOf = oncePerPlatform((view: PlatformView): string | undefined => {
  const policy = view.objects('ClusterPolicy').find((object) =>
    cursor(object)
      .get('spec', 'rules')
      .items()
      .some((rule) => rule.get('generate', 'kind').string() === 'Secret'),
  );
  return policy === undefined ? undefined : `ClusterPolicy ${policy.name}`;
});
const entitledTo = oncePerPlatform((view: PlatformView): ReadonlyMap<string, readonly string[]> => {
  const entitled = new Map<string, string[]>();
  for (const { name, spec } of view.services())
    for (const credential of new Set(spec.credentials)) {
      const known = entitled.get(credential);
      if (known === undefined) entitled.set(credential, [name]);
      else known.push(name);
    }
  return entitled;
});

export function check(_subject: Subject, input: Delivery, params: Params): Result {
  const { secret, producers: made, consumers: used } = input;
  if (params.external.includes(secret))
    return inconclusive(`Secret ${secret} is delivered from outside this repository, which cannot be seen here`);
  const undelivered = undeliveredTo(input);
  const findings = [
    ...openly(made),
    ...otherMechanism(input, params),
    ...tooManyReaders(input),
    ...undelivered,
    ...withoutStore(made),
    ...(input.copier === undefined ? misplaced(input) : []),
    ...withoutKeys(input),
  ];
  if (findings.length === 0 && made.length === 0) return unknownOrigin(input);
  if (findings.length === 0 && input.copier !== undefined && misplaced(input).length > 0)
    return inconclusive(`whether ${input.copier} copies Secret ${secret} to where it is needed cannot be told`);
  const filled = made.find(({ mechanism, isFilledIn }) => mechanism === 'plain' && isFilledIn === true);
  if (findings.length === 0 && filled !== undefined)
    return inconclusive(
      `${filled.object} has places for its values, which are filled in when it is deployed: by what, and where from, cannot be told`,
      filled.origin,
    );
  const unseen = made.find(({ stores = [] }) => stores.length > 0);
  if (findings.length === 0 && unseen !== undefined)
    return inconclusive(
      `${unseen.object} reads from ${namesOf(unseen)}, which is not in the repository: whether it gets a value cannot be told`,
      unseen.origin,
    );
  const places = [...new Set(made.map(({ object }) => object))].join(', ');
  return failOr(findings, `Secret ${secret} comes from ${places}; ${used.length} uses`, {
    producers: made.length,
    uses: used.length,
  });
}

/** A declared credential that pods need and nothing here makes. */
function undeliveredTo({ secret, declared, producers: made, consumers: used, operated }: Delivery): Finding[] {
  const [first, ...others] = used.filter(({ optional }) => !optional);
  if (!declared || made.length > 0 || operated !== undefined || first === undefined) return [];
  return [
    {
      message: `${[first, ...others].map(({ workload }) => workload).join(', ')} needs Secret ${secret}, and nothing in the repository makes it: the pods will not start`,
      severity: 'high',
      origin: first.origin,
      fromAbsence: true,
      remediation: 'Add the ExternalSecret (or the object of your mechanism) that makes it.',
    },
  ];
}

/** Where a Secret is needed and made in other namespaces alone: a pod sees those of its own. */
function misplaced({ secret, producers: made, consumers: used }: Delivery): Finding[] {
  if (made.length === 0 || made.some(({ isCopied }) => isCopied)) return [];
  const here = new Set(made.map(({ namespace }) => namespace));
  const elsewhere = [...new Set(made.map(({ object }) => object))].join(', ');
  const needed = used.filter(({ optional, namespace }) => !optional && !here.has(namespace));
  return [...Map.groupBy(needed, ({ namespace }) => namespace)].flatMap(([namespace, those]): Finding[] => {
    const [first] = those;
    const workloads = [...new Set(those.map(({ workload }) => workload))].join(', ');
    return [
      {
        message: `${workloads} needs Secret ${secret} in namespace ${namespace}, and ${elsewhere} makes it in ${[...here].join(', ')} alone: the pods will not start`,
        severity: 'high',
        ...(first === undefined ? {} : { origin: first.origin }),
        fromAbsence: true,
        remediation: `Make it in namespace ${namespace} as well.`,
      },
    ];
  });
}

/** What reads from a store that it cannot use: it never makes its Secret. */
function withoutStore(made: readonly Producer[]): Finding[] {
  return made.flatMap(({ object, stores = [], origin }) =>
    stores
      .filter(({ because }) => because !== undefined)
      .map(({ store, because }): Finding => ({
        message: `${object} reads from ${store}, which ${because}: the Secret is never made`,
        severity: 'high',
        origin,
        fromAbsence: true,
        remediation: 'Name a store that serves the namespace, with its kind, under secretStoreRef.',
      })),
  );
}

function namesOf({ stores = [] }: Producer): string {
  return stores.map(({ store }) => store).join(' and ');
}

/** Keys that are asked for by name and that nothing which makes the Secret puts in. */
function withoutKeys({ secret, producers: made, consumers: used }: Delivery): Finding[] {
  const findings = used.flatMap(({ workload, namespace, keys, optional, origin }): Finding[] => {
    const own = made.filter((one) => one.isCopied || one.namespace === namespace);
    if (optional || own.length === 0 || own.some((one) => one.keys === undefined)) return [];
    const held = new Set(own.flatMap((one) => one.keys ?? []));
    const missing = keys.filter((key) => !held.has(key));
    if (missing.length === 0) return [];
    return [
      {
        message: `${workload} asks Secret ${secret} for ${missing.join(', ')}, and ${own.map(({ object }) => object).join(', ')} puts ${[...held].join(', ') || 'nothing'} in it: the container will not start`,
        severity: 'high',
        origin,
        fromAbsence: true,
        remediation: 'Add the key where the Secret is made, or correct the name.',
      },
    ];
  });
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

function unknownOrigin({ secret, declared, consumers: used, operated }: Delivery): Result {
  if (declared && used.length === 0)
    return inconclusive(
      `nothing here makes or uses Secret ${secret}; name it under the credential's "secret" if it is called otherwise`,
    );
  if (operated !== undefined)
    return inconclusive(
      `the operator of ${operated} makes Secret ${secret}, by none of the mechanisms that are read here: how it is kept and rotated is the operator's`,
      used[0]?.origin,
    );
  return inconclusive(
    `nothing here makes Secret ${secret}: somebody creates it by hand, or another repository does`,
    used[0]?.origin,
  );
}

function openly(made: readonly Producer[]): Finding[] {
  return made
    .filter(({ mechanism, isFilledIn }) => mechanism === 'plain' && isFilledIn === undefined)
    .map(({ object, origin }) => ({
      message: `${object} stands in the repository with its values in the open: base64 is not encryption`,
      severity: 'medium',
      origin,
      remediation:
        'Let the chosen mechanism make the Secret, or keep it in a ConfigMap if it holds no secret; rotate what it did hold.',
    }));
}

function otherMechanism({ producers: made, chosen }: Delivery, { mechanisms }: Params): Finding[] {
  return made
    .filter(({ mechanism }) => mechanism !== 'plain' && mechanism !== 'cert-manager')
    .filter(
      ({ mechanism }) =>
        (chosen !== undefined && chosen !== 'cloud' && mechanism !== chosen) ||
        (mechanisms.length > 0 && !mechanisms.includes(mechanism)),
    )
    .map(({ object, mechanism, origin }) => ({
      message: `${object} is of ${mechanism}, while ${chosen ?? mechanisms.join(' or ')} was chosen`,
      severity: 'medium',
      origin,
      remediation: 'Move the credential to the chosen mechanism, or change the choice in the spec.',
    }));
}

function tooManyReaders({ secret, consumers: used, entitled }: Delivery): Finding[] {
  if (entitled === undefined) return [];
  return used
    .filter(({ service }) => !entitled.includes(service))
    .map(({ workload, service, origin }) => ({
      message: `${workload} takes in Secret ${secret}, which service ${service} is not declared to use`,
      severity: 'medium',
      origin,
      remediation: `Remove the reference, or list the credential under service ${service} in the spec.`,
    }));
}
