/** Scanners that run and cannot fail as they are given, by their command or by a file of their own. */
import type { OwnFile, ReportsOnly } from '../../proofs/workflows/index.ts';

/** https://trivy.dev/docs/latest/configuration: flags over variables over `trivy.yaml`, or the file that `--config` names. */
const OF_TRIVY: OwnFile = {
  named: /(?:\s(?:--config|-c)[= ]|TRIVY_CONFIG=|^trivy-config=)['"]?([^\s'"]+)/m,
  names: ['trivy.yaml'],
  settledBy: /--exit-code[= ]|TRIVY_EXIT_CODE=|^exit-code=/m,
  says: (data) => (Number(data['exit-code'] ?? 0) > 0 ? { fails: true } : undefined),
};

/** https://github.com/anchore/grype#configuration */
const OF_GRYPE: OwnFile = {
  named: /(?:\s(?:--config|-c)[= ]|GRYPE_CONFIG=)['"]?([^\s'"]+)/,
  names: ['.grype.yaml', '.grype/config.yaml'],
  settledBy: /\s(?:--fail-on|-f)[= ]|GRYPE_FAIL_ON_SEVERITY=/,
  says: (data) => ((data['fail-on-severity'] ?? '') === '' ? undefined : { fails: true }),
};

/** In the folder that it starts in, or the one that it scans. https://www.checkov.io/2.Basics/Hard%20and%20soft%20fail.html */
const OF_CHECKOV: OwnFile = {
  named: /(?:\s--config-file[= ]|^config_file=)['"]?([^\s'"]+)/m,
  names: ['.checkov.yaml', '.checkov.yml'],
  beside: /(?:\s(?:-d|--directory)[= ]|^directory=)['"]?([^\s'"]+)/m,
  settledBy: /\s(?:--soft-fail|-s|--hard-fail-on)(?:[= ]|$)|^(?:soft_fail=true|hard_fail_on=)/m,
  says: (data) =>
    data['soft-fail'] === true && data['hard-fail-on'] === undefined
      ? { fails: false, because: 'has soft-fail, which lets every result pass' }
      : undefined,
};

/** By the exit status that their documentation gives for findings. */
const COMMANDS_THAT_REPORT: readonly ReportsOnly[] = [
  {
    commands: /^trivy\s|^(?:docker|podman)\s+run\s.*aquasec\/trivy/,
    unless: /--exit-code[= ]['"]?[1-9]|TRIVY_EXIT_CODE=['"]?[1-9]/,
    because: 'without --exit-code it reports and never fails',
    file: OF_TRIVY,
  },
  {
    commands: /^grype\s|^(?:docker|podman)\s+run\s.*anchore\/grype/,
    unless: /\s(?:--fail-on|-f)[= ]|GRYPE_FAIL_ON_SEVERITY=/,
    because: 'without --fail-on it reports and never fails',
    file: OF_GRYPE,
  },
  {
    commands: /^docker\s+scout\s+cves/,
    unless: /\s(?:--exit-code|-e)(?:\s|$)/,
    because: 'without --exit-code it reports and never fails',
  },
  {
    commands: /\bcheckov\b/,
    unless: /^(?!.*\s(?:--soft-fail|-s)(?:\s|$))/s,
    because: '--soft-fail lets every result pass',
    file: OF_CHECKOV,
  },
  {
    commands: /\btfsec\b/,
    unless: /^(?!.*\s(?:--soft-fail|-s)(?:\s|$))/s,
    because: '--soft-fail lets every result pass',
  },
  {
    commands: /\bkics\b/,
    unless: /^(?!.*--ignore-on-exit[= ]['"]?(?:all|results))/s,
    because: '--ignore-on-exit lets every result pass',
  },
  {
    commands: /^(?:semgrep|opengrep)\s|^(?:docker|podman)\s+run\s.*\bsemgrep\s/,
    unless: /\b(?:semgrep|opengrep)\s+ci\b|\s--error(?:\s|$)/,
    because: 'without --error it reports and never fails',
  },
  { commands: /^bandit\s/, unless: /^(?!.*--exit-zero)/s, because: '--exit-zero lets every result pass' },
  { commands: /^gosec\s/, unless: /^(?!.*\s--?no-fail)/s, because: '-no-fail lets every result pass' },
  { commands: /^conftest\s/, unless: /^(?!.*--no-fail)/s, because: '--no-fail lets every result pass' },
  { commands: /^brakeman\s/, unless: /^(?!.*--no-exit-on-warn)/s, because: '--no-exit-on-warn lets every result pass' },
  {
    commands: /^polaris\s+audit/,
    unless: /--set-exit-code-(?:on-danger|below-score)/,
    because: 'without --set-exit-code-on-danger it reports and never fails',
  },
  {
    commands: /^govulncheck\s/,
    unless: /^(?!.*\s-(?:json|format[= ](?:json|sarif|openvex)))/s,
    because: 'in this format it reports and never fails',
  },
  { commands: /^snyk\s/, unless: /^(?!snyk\s+(?:\w+\s+)?monitor)/s, because: 'monitor reports and never fails' },
];

/** Actions and commands that run and cannot fail as they are given. */
export const REPORTS_ONLY: readonly ReportsOnly[] = [
  {
    actions: /^aquasecurity\/trivy-action/i,
    unless: /^exit-code=['"]?[1-9]/m,
    because: 'without exit-code it reports and never fails',
    file: OF_TRIVY,
  },
  { actions: /^anchore\/scan-action/i, unless: /^(?!.*fail-build=false)/s, because: 'fail-build is false' },
  {
    actions: /^bridgecrewio\/checkov-action/i,
    unless: /^(?!.*soft_fail=true)/s,
    because: 'soft_fail is true',
    file: OF_CHECKOV,
  },
  { actions: /^aquasecurity\/tfsec-action/i, unless: /^(?!.*soft_fail=true)/s, because: 'soft_fail is true' },
  { actions: /^zaproxy\/action-/i, unless: /^(?!.*fail_action=false)/s, because: 'fail_action is false' },
  {
    actions: /^checkmarx\/kics-github-action/i,
    unless: /^(?!.*ignore_on_exit=(?:all|results))/s,
    because: 'ignore_on_exit lets every result pass',
  },
  { actions: /^snyk\/actions/i, unless: /^(?!.*command=monitor)/s, because: 'monitor reports and never fails' },
  ...COMMANDS_THAT_REPORT,
];
