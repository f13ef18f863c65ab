import { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** Something in the cluster that verifies images when they are deployed. */
export interface VerifyPolicy {
  readonly name: string;
  /** Patterns of references, `*` for any text. */
  readonly images: readonly string[];
  /** False: it reports and lets through. */
  readonly enforces: boolean;
  /** Namespace of a namespaced policy. */
  readonly namespace?: string;
  /** Namespaces it is limited to, by name; undefined: all. */
  readonly only?: readonly string[];
  /** Conditions that are not judged here: selectors, exclusions. */
  readonly conditional: boolean;
  readonly origin: Origin;
}

/** Sigstore's controller looks only at namespaces with this label. https://docs.sigstore.dev/policy-controller/overview/ */
export const SIGSTORE_LABEL = 'policy.sigstore.dev/include';

export function verifyPolicies(view: PlatformView): VerifyPolicy[] {
  return [
    ...[...view.objects('ClusterPolicy.kyverno.io'), ...view.objects('Policy.kyverno.io')].flatMap(kyverno),
    ...view.objects('ImageValidatingPolicy.policies.kyverno.io').map(imageValidating),
    ...view.objects('ClusterImagePolicy.policy.sigstore.dev').map((object) => sigstore(object, view)),
    ...view.objects('ConfigMap').flatMap(connaisseur),
  ];
}

function kyverno(object: KubeObject): VerifyPolicy[] {
  const spec = cursor(object).get('spec');
  const action = spec.get('validationFailureAction').string() ?? 'Audit';
  return spec
    .get('rules')
    .items()
    .flatMap((rule) =>
      rule
        .get('verifyImages')
        .items()
        .map((verify) => {
          const own = verify.get('failureAction').string() ?? action;
          const kinds = [rule.get('match'), ...rule.get('match', 'any').items(), ...rule.get('match', 'all').items()];
          const named = kinds.flatMap((match) => match.get('resources', 'namespaces').strings());
          return {
            name: `${object.kind} ${object.name}`,
            images: [
              ...verify.get('imageReferences').strings(),
              ...(verify.get('image').string() === undefined ? [] : [verify.get('image').string() ?? '']),
            ],
            enforces: own.toLowerCase() === 'enforce' && verify.get('required').boolean() !== false,
            ...(object.kind === 'Policy' ? { namespace: object.namespace ?? 'default' } : {}),
            ...(named.length === 0 ? {} : { only: named }),
            conditional:
              rule.get('exclude').exists ||
              kinds.some(
                (match) =>
                  match.get('resources', 'namespaceSelector').exists || match.get('resources', 'selector').exists,
              ),
            origin: verify.origin,
          };
        }),
    );
}

function imageValidating(object: KubeObject): VerifyPolicy {
  const spec = cursor(object).get('spec');
  return {
    name: `ImageValidatingPolicy ${object.name}`,
    images: spec
      .get('matchImageReferences')
      .items()
      .flatMap((item) => item.get('glob').string() ?? []),
    enforces: spec.get('validationActions').strings().includes('Deny'),
    conditional: spec.get('matchConditions').exists,
    origin: spec.origin,
  };
}

function sigstore(object: KubeObject, view: PlatformView): VerifyPolicy {
  const spec = cursor(object).get('spec');
  const watched = view
    .objects('Namespace')
    .filter(({ labels }) => labels[SIGSTORE_LABEL] === 'true')
    .map(({ name }) => name);
  return {
    name: `ClusterImagePolicy ${object.name}`,
    images: spec
      .get('images')
      .items()
      .flatMap((item) => item.get('glob').string() ?? []),
    enforces: (spec.get('mode').string() ?? 'enforce') === 'enforce',
    ...(watched.length === 0 ? {} : { only: watched }),
    conditional: watched.length === 0,
    origin: spec.origin,
  };
}

/** Connaisseur's policy lies as YAML in the ConfigMap of its chart. */
function connaisseur(object: KubeObject): VerifyPolicy[] {
  if (!/^connaisseur-.*config$/.test(object.name)) return [];
  const text = cursor(object).get('data', 'config.yaml').string() ?? '';
  const images = [...text.matchAll(/^\s*-?\s*pattern:\s*["']?([^\s"']+)/gm)].map(([, pattern]) => pattern ?? '');
  return images.length === 0
    ? []
    : [
        {
          name: `ConfigMap ${object.name}`,
          images: images.map((pattern) => pattern.replace(':*', '')),
          enforces: true,
          conditional: false,
          origin: new Cursor(object.body, object.origin).get('data').origin,
        },
      ];
}
