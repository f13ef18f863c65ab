import type { At } from '../../model/origin.ts';
import type { Step } from '../../proofs/workflows/index.ts';

/**
 * Inputs of actions that a shell or an interpreter reads as code, lower case as GitHub compares them, by the action. Each is documented in the
 * action's own README, at https://github.com/ and its name.
 */
const SCRIPT_INPUTS: readonly (readonly [action: RegExp, inputs: readonly string[]])[] = [
  [/^actions\/github-script@/, ['script']],
  [/^appleboy\/ssh-action@/, ['script']],
  [/^azure\/(?:cli|powershell)@/i, ['inlinescript']],
  [/^(?:nick-fields|nick-invision)\/retry@/, ['command', 'on_retry_command', 'new_command_on_retry']],
  [/^addnab\/docker-run-action@/, ['run']],
  [/^cloudflare\/wrangler-action@/, ['precommands', 'postcommands']],
  [/^devcontainers\/ci@/, ['runcmd']],
  [/^(?:jannekem\/run-python-script-action|amadevus\/pwsh-script)@/, ['script']],
  [/^mikefarah\/yq@/, ['cmd']],
  [/^reactivecircus\/android-emulator-runner@/, ['script', 'pre-emulator-launch-script']],
  [
    /^(?:uraimo\/run-on-arch-action|vmactions\/[\w-]+|cross-platform-actions\/action)@/,
    ['run', 'setup', 'install', 'prepare'],
  ],
];

/** What a step hands to an interpreter: its script, or those inputs of its action that are scripts. */
export function codeOf(step: Step): At<string>[] {
  if (step.run !== undefined) return [step.run];
  const action = step.uses?.value ?? '';
  const [, inputs = []] = SCRIPT_INPUTS.find(([name]) => name.test(action)) ?? [];
  return step.with.filter(({ name }) => inputs.includes(name.toLowerCase()));
}
