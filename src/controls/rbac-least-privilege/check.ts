import type { Query } from '../../model/control.ts';
import type { At } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { readGrants, type Granted } from './grants.ts';
import { unknownIam, wildcardIam, type WideGrant } from './iam.ts';
import { refusedBindings } from './in-manifests.ts';
import { judgeBinding, judgeGrant } from './judge.ts';
import { judgeMakers } from './stronger.ts';
import { whyUnclear } from './unclear.ts';

interface Access extends Granted {
  readonly refused: readonly At<string>[];
  readonly iam: readonly WideGrant[];
  /** Policies of a cloud that cannot be told. */
  readonly iamUnknown: readonly At<string>[];
  /** Policies and roles of a cloud that were looked through. */
  readonly clouds: number;
  /** Nothing here says who may do what: neither RBAC objects nor IAM blocks. */
  readonly silent: boolean;
}

interface Params {
  readonly trusted: readonly string[];
}

export function access(): Query<Access> {
  return (view) => {
    const { read, ...granted } = readGrants(view);
    const clouds = [...view.terraform('resource'), ...view.terraform('data')].filter((block) =>
      /_iam_|^azurerm_role_|^azure(?:ad|rm)_\w*federated_identity_credential$/.test(block.labels[0] ?? ''),
    ).length;
    const [iam, iamUnknown] = [wildcardIam(view), unknownIam(view)];
    return {
      ...granted,
      refused: refusedBindings(view),
      iam,
      iamUnknown,
      clouds,
      silent: read + clouds + iam.length + iamUnknown.length === 0,
    };
  };
}

export function check(_subject: unknown, input: Access, params: Params): Result {
  if (input.silent)
    return inconclusive('no RBAC object and no IAM block was found: who may do what is decided somewhere else');
  const untrusted = (holders: readonly string[]): readonly string[] =>
    holders.filter((holder) => !params.trusted.includes(holder));
  const findings = [
    ...input.grants.flatMap((grant) => judgeGrant(grant, untrusted(grant.holders))),
    ...input.foreign.flatMap((binding) => judgeBinding(binding, untrusted(binding.holders))),
    ...judgeMakers(input, untrusted),
    ...input.refused.map(refusedFinding),
    ...input.iam.map(iamFinding),
  ];
  const unclear = findings.length === 0 ? (whyUnclear(input, untrusted) ?? input.iamUnknown[0]) : undefined;
  if (unclear !== undefined) return inconclusive(unclear.value, unclear.origin);
  return failOr(
    findings,
    `${input.grants.length} granted rules, ${input.foreign.length} bindings to roles from elsewhere and ${input.clouds} IAM blocks: none is a wildcard`,
    {
      rules: input.grants.length,
      foreign: input.foreign.length,
      iam: input.clouds,
    },
  );
}

function refusedFinding({ value, origin }: At<string>): Finding {
  return {
    message: value,
    severity: 'medium',
    origin,
    remediation: 'Name the namespace of the service account; until then the binding grants nothing.',
  };
}

function iamFinding({ value, origin, severity, remediation }: WideGrant): Finding {
  const named = remediation ?? 'Name the actions and the resources that are used.';
  return { message: value, severity, origin, remediation: named };
}
