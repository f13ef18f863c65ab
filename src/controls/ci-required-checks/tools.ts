import type { Tool } from '../../proofs/workflows/index.ts';

/** What a change must be checked for, and how scans are told apart. */
export const KINDS = ['lint', 'unit', 'type', 'dependency', 'sast', 'dast', 'iac', 'image'] as const;
export type Kind = (typeof KINDS)[number];

/** What npm and its like do by themselves, after their options: no script of such a name is run. Yarn has no `ci` of its own. */
const OWN_VERBS = String.raw`(?:-\S+\s+(?:(?!-)\S+\s+)??)*(?:workspace\s+\S+\s+)?(?:(?<!yarn\s+)ci|i|install|add|remove|rm|un|uninstall|up|update|upgrade|cache|config|set|get|version|publish|pack|login|link|init|create|import|fetch|store|view|info|why|ls|list)(?:\s|$)`;
const RUN = String.raw`^(?:npm|pnpm|yarn|bun)\s+(?:run\s+|(?!${OWN_VERBS}))|^(?:make|just|task|tox\s+-e|nox\s+-s|rake|mage|moon\s+run|turbo\s+run|nx\s+run(?:-many)?|pdm\s+run|hatch\s+run|composer(?:\s+run)?)\s+(?:-\S+\s+)*`;

/** A script or target of a name that says what it does: `npm run lint`, `make typecheck`. */
function named(words: string): RegExp {
  return new RegExp(`(?:${RUN})(?:[\\w.-]+\\s+)*(?:(?!-)[\\w.-]+[:_-])?(?:${words})(?:$|[\\s:_-])`, 'i');
}

/** The tools that are recognised. A tool that does two things has two rows. */
export const TOOLS: readonly Tool<Kind | 'coverage'>[] = [
  { kind: 'lint', commands: named('lint(?:s|ing|er)?|fmt|format(?:-check)?|eslint|ruff|style|checkstyle') },
  {
    kind: 'lint',
    commands:
      /^(?:eslint|biome\s+(?:ci|check|lint)|oxlint|prettier\s.*--check|ruff\s+(?:check|format)|flake8|pylint|black\s.*--check|golangci-lint\s|staticcheck\s|revive\s|gofmt\s|go\s+vet|cargo\s+(?:clippy|fmt)|rubocop|standardrb|phpcs|php-cs-fixer|ktlint|checkstyle|spotlessCheck|swiftlint|hadolint|shellcheck|yamllint|actionlint|pre-commit\s+run|prek\s+run|dotnet\s+format|buf\s+lint|helm\s+lint|ansible-lint|stylelint|mix\s+(?:format|credo)|(?:\.\/)?(?:gradlew|mvnw?|gradle)\s.*(?:spotless|checkstyle|ktlint|pmd|detekt))/,
  },
  {
    kind: 'lint',
    actions:
      /^(?:golangci\/golangci-lint-action|super-linter\/super-linter|github\/super-linter|oxsecurity\/megalinter|pre-commit\/action|astral-sh\/ruff-action|chartboost\/ruff-action|psf\/black|reviewdog\/|wearerequired\/lint-action|biomejs\/|dominikh\/staticcheck-action|rubocop\/|ludeeus\/action-shellcheck|hadolint\/hadolint-action|ibiqlik\/action-yamllint|trunk-io\/trunk-action|j178\/prek-action|actions-rs\/clippy-check|giraffate\/clippy-action)/i,
  },
  { kind: 'unit', commands: named('(?:unit-?)?tests?|unit|spec|vitest|jest|mocha|ava|ci|check|verify|coverage|cover') },
  {
    kind: 'unit',
    commands:
      /^(?:pytest|unittest|tox(?:\s|$)|nox(?:\s|$)|coverage\s+run|go\s+test|gotestsum|ginkgo|cargo\s+(?:test|nextest|llvm-cov|tarpaulin)|jest|vitest|mocha|ava|node\s+--test|deno\s+test|karma|(?:\.\/)?(?:gradlew|mvnw?|gradle)\s.*\b(?:test|check|build|verify|install|package)\b|dotnet\s+test|rspec|rails\s+test|rake\s*$|phpunit|(?:\.\/)?vendor\/bin\/(?:phpunit|pest)|mix\s+test|sbt\s.*test|bazel(?:isk)?\s+test|swift\s+test|ctest|npm\s+t(?:est)?\b|manage\.py\s+test|(?:python3?\s+)?manage\.py\s+test)/,
  },
  { kind: 'type', commands: named('types?(?:-?check)?|typing|typecheck|tsc|mypy|pyright|build|compile') },
  {
    kind: 'type',
    commands:
      /^(?:tsc|vue-tsc|svelte-check|mypy|pyright|basedpyright|ty\s+check|pyre|pytype|go\s+(?:vet|build|test)|gotestsum|cargo\s+(?:check|build|test|clippy|nextest)|(?:\.\/)?(?:gradlew|mvnw?|gradle)\s|dotnet\s+(?:build|test)|sorbet|srb\s+tc|steep\s+check|phpstan|psalm|(?:\.\/)?vendor\/bin\/(?:phpstan|psalm)|flow\s+check|dialyzer|mix\s+dialyzer|deno\s+check|swift\s+build|sbt\s|bazel(?:isk)?\s+(?:build|test))/,
  },
  { kind: 'type', actions: /^(?:jakebailey\/pyright-action|tsuyoshicho\/action-mypy|golangci\/golangci-lint-action)/i },
  {
    kind: 'dependency',
    commands:
      /^(?:(?:npm|pnpm|yarn(?:\s+npm)?|bun)\s+audit|pip-audit|safety\s+(?:check|scan)|osv-scanner|govulncheck|cargo\s+(?:audit|deny)|bundle-?r?-?audit|bundler-audit|audit\b|composer\s+audit|nancy\s|snyk\s+(?:test|monitor)|dependency-check|trivy\s+(?:fs|filesystem|repo\w*|rootfs|sbom)\b|grype\s+(?:dir:|sbom:|\.)|dotnet\s+list\s+package\s.*--vulnerable|(?:\.\/)?(?:gradlew|mvnw?|gradle)\s.*dependency-?check|go\s+run\s+golang\.org\/x\/vuln|brakeman|mix\s+(?:deps\.audit|hex\.audit))/i,
  },
  { kind: 'dependency', commands: named('audit|govulncheck|vulncheck|vuln(?:erabilit(?:y|ies))?') },
  {
    kind: 'dependency',
    actions:
      /^(?:actions\/dependency-review-action|pypa\/gh-action-pip-audit|google\/osv-scanner(?:-action)?|golang\/govulncheck-action|rustsec\/audit-check|actions-rs\/audit-check|actions-rust-lang\/audit|EmbarkStudios\/cargo-deny-action|snyk\/actions\/(?!docker|iac|setup)|dependency-check\/|anchore\/scan-action|fossas\/fossa-action|pyupio\/safety|advanced-security\/|mend\/)/i,
  },
  {
    kind: 'dependency',
    actions: /^(?:aquasecurity\/trivy-action|anchore\/scan-action)/i,
    given: /^(?:scan-type=(?:fs|filesystem|repo|rootfs|sbom)|path=|sbom=)/m,
  },
  {
    kind: 'sast',
    commands:
      /^(?:semgrep|opengrep|bandit|gosec|brakeman|codeql\s|snyk\s+code|sonar-scanner|dotnet\s+sonarscanner|spotbugs|findsecbugs|njsscan|horusec|bearer\s+scan|psalm\s.*--taint|phpstan\s.*security|mix\s+sobelow|devskim|(?:\.\/)?(?:gradlew|mvnw?|gradle)\s.*(?:sonar|spotbugs)|docker\s+run\s.*(?:semgrep|sonar-scanner|horusec))/,
  },
  {
    kind: 'sast',
    actions:
      /^(?:github\/codeql-action\/analyze|(?:returntocorp|semgrep)\/semgrep-action|securego\/gosec|PyCQA\/bandit-action|SonarSource\/|sonarsource\/|snyk\/actions|mdegis\/bandit|checkmarx\/|veracode\/|bearer\/bearer-action|devskim|microsoft\/DevSkim-Action|tj-actions\/bandit|shundor\/python-bandit-scan|contrast-security)/i,
  },
  {
    kind: 'dast',
    actions:
      /^(?:zaproxy\/action-|stackhawk\/hawkscan-action|projectdiscovery\/nuclei-action|dastardly|PortSwigger\/|schemathesis\/action)/i,
  },
  {
    kind: 'dast',
    commands:
      /^(?:zap-(?:api|full|baseline)[\w-]*|zap\.sh|nuclei\s|dastardly|nikto\s|wapiti\s|hawk\s+scan|schemathesis\s+run|st\s+run)|^(?:docker|podman)\s+(?:compose\s+)?run\s.*\b(?:zap-(?:api|full|baseline)|zaproxy|nuclei|dastardly|hawkscan)/,
  },
  {
    kind: 'iac',
    actions:
      /^(?:aquasecurity\/tfsec-|bridgecrewio\/checkov-action|checkmarx\/kics-github-action|snyk\/actions\/iac|stackrox\/kube-linter-action|tenable\/terrascan-action|terraform-linters\/|soluble-io\/|zegl\/kube-score|instrumenta\/conftest-action|kubescape\/github-action)/i,
  },
  {
    kind: 'iac',
    actions: /^aquasecurity\/trivy-action/i,
    given: /^(?:scan-type=config|scanners=.*(?:misconfig|config))/m,
  },
  {
    kind: 'iac',
    commands:
      /^(?:tfsec|checkov|terrascan\s|kics\s|kube-linter\s|kube-score\s|kubescape\s+scan|polaris\s+audit|conftest\s+(?:test|verify)|snyk\s+iac|trivy\s+config|trivy\s.*--(?:scanners|security-checks)[= ]\S*config|kyverno\s+(?:apply|test)|datree\s+test|regula\s+run|cfn[-_]nag|cfn-guard)|^docker\s+run\s.*(?:checkov|tfsec|kics|terrascan)/,
  },
  {
    kind: 'image',
    actions:
      /^(?:snyk\/actions\/docker|docker\/scout-action|azure\/container-scan|sysdiglabs\/|crazy-max\/ghaction-container-scan|aws-actions\/.*inspector|lacework\/|palo-?alto)/i,
  },
  {
    kind: 'image',
    actions: /^(?:aquasecurity\/trivy-action)/i,
    given: /^(?:image-ref=|scan-type=image|input=.*\.tar)/m,
  },
  { kind: 'image', actions: /^anchore\/scan-action/i, given: /^image=/m },
  {
    kind: 'image',
    commands:
      /^(?:trivy\s+(?:image|i)\b|grype\s+(?!dir:|sbom:|\.|--help|version)\S|docker\s+scout\s+(?:cves|quickview)|snyk\s+container|clair-?scanner|gcloud\s+artifacts\s+docker\s+images\s+scan|dockle\s)|^docker\s+run\s.*(?:aquasec\/trivy|anchore\/grype)(?:\S*)\s+(?:image\s|(?!fs|config|repo))/,
  },
  {
    kind: 'coverage',
    actions:
      /^(?:codecov\/|coverallsapp\/|SonarSource\/|paambaati\/codeclimate|codacy\/|qltysh\/|py-cov-action\/|danielpalme\/ReportGenerator|romeovs\/lcov-reporter|ArtiomTr\/jest-coverage|davelosert\/vitest-coverage|MishaKav\/|orgoro\/coverage|irongut\/CodeCoverageSummary|madrapps\/jacoco|cicirello\/jacoco|vladopajic\/go-test-coverage|zgosalvez\/github-actions-report-lcov|5monkeys\/cobertura-action|insightsengineering\/coverage-action|k1LoW\/octocov-action)/i,
  },
  {
    kind: 'coverage',
    actions: /^actions\/upload-(?:artifact|pages-artifact)@/i,
    given: /cover|lcov|jacoco|cobertura|htmlcov/i,
  },
  {
    kind: 'coverage',
    commands: /^(?:codecov|coveralls|(?:bash\s+<\(curl\s.*codecov)|sonar-scanner|qlty\s+coverage|goveralls|octocov)/,
  },
];
