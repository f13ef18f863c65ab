/** Opens an environment of the spec as a target, once it has proved to be the one that the policy enrolled. */
import { join } from 'node:path';
import { withWayBack } from '../../drills/file/way-back.ts';
import { environmentTarget } from '../../drills/targets/environment/index.ts';
import { databaseIdentities, measureIdentities } from '../../drills/targets/environment/identity.ts';
import { readSettings, settingsFile } from '../../drills/targets/environment/settings.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Policy } from '../../model/policy.ts';
import type { Spec } from '../../model/spec.ts';
import { demandApproval, type Asked } from './approval.ts';
import type { DrillRequest } from './session.ts';
import type { OpenTarget } from './target.ts';

/** Throws `usage` for an environment that cannot be reached, is not enrolled, or is production without permission. */
export async function openEnvironment(
  request: DrillRequest & Asked,
  spec: Spec,
  policy: Policy | undefined,
): Promise<OpenTarget> {
  const { project, target: name, env, meantProduction } = request;
  const declared = spec.environments.find((one) => one.name === name);
  if (declared === undefined)
    throw new LaunchgateError('usage', `the spec has no environment ${name}`, {
      next: `Use lab, or one of ${spec.environments.map((one) => one.name).join(', ')}.`,
    });
  if (policy === undefined)
    throw new LaunchgateError('usage', `nothing says which target ${name} is: no policy is pinned here`, {
      next: 'Pin the policy with "launchgate policy pin"; it enrols the targets of each environment.',
    });
  if (declared.kind === 'production') {
    if (!meantProduction)
      throw new LaunchgateError('usage', `${name} is production`, {
        next: 'Give --i-mean-production if that is what you want to drill.',
      });
    await demandApproval(request);
  }
  const file = settingsFile(name, env);
  const settings = readSettings(name, file, env);
  const identities = await measureIdentities(settings).catch((cause: unknown) => {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchgateError('usage', `${name} does not say what it is: ${because}`, { cause });
  });
  for (const identity of identities) demandEnrolled(policy, name, identity);
  for (const [store, one] of await databaseIdentities(settings)) demandNoOther(policy, name, { store, identity: one });
  const identity = identities[0]!;
  const place = { environment: name, identity, spec: join(project.root, project.spec ?? ''), settings: file };
  return { target: withWayBack(environmentTarget(name, identity, spec, settings), place), absent: [] };
}

/** A database need not be enrolled. One that is, for another environment, is not to be written to by a drill of this one. */
function demandNoOther(
  policy: Policy,
  environment: string,
  { store, identity }: { readonly store: string; readonly identity: string },
): void {
  const enrolled = environmentOf(policy, identity);
  if (enrolled === undefined || enrolled === environment) return;
  throw new LaunchgateError(
    'usage',
    `what answers as database ${store} of ${environment} is ${identity}, which is enrolled for ${enrolled}`,
    { next: `Correct "databases.${store}.url" of the settings: it leads to another environment.` },
  );
}

function environmentOf(policy: Policy, identity: string): string | undefined {
  return policy.targets.find(({ identities }) => identities.includes(identity))?.environment;
}

/** A target belongs to one environment; whatever the settings call it, what it is decides. */
function demandEnrolled(policy: Policy, environment: string, identity: string): void {
  const enrolled = environmentOf(policy, identity);
  if (enrolled === environment) return;
  throw new LaunchgateError(
    'usage',
    enrolled === undefined
      ? `what answers for ${environment} is ${identity}, which the policy does not know`
      : `what answers for ${environment} is ${identity}, which is enrolled for ${enrolled}`,
    {
      next:
        enrolled === undefined
          ? `If that is ${environment}, have the policy's owners enrol it: targets: [{ environment: ${environment}, identities: ["${identity}"] }].`
          : 'Correct the settings: they lead to another environment.',
    },
  );
}
