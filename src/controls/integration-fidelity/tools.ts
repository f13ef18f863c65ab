import type { Tool } from '../../proofs/workflows/index.ts';

export const KINDS = ['contract', 'database', 'migrations'] as const;
export type Kind = (typeof KINDS)[number];

/** How each kind of test is recognised. */
export const TOOLS: readonly Tool<Kind>[] = [
  {
    kind: 'contract',
    actions:
      /^(?:pactflow\/|pact-foundation\/|schemathesis\/action|apisec-|microcks\/|bufbuild\/buf-(?:breaking|action)|oasdiff\/oasdiff-action)/i,
  },
  {
    kind: 'contract',
    commands:
      /^(?:pact(?:-broker|-verifier|_verifier_cli)?|pact-provider-verifier|schemathesis|st\s+run|dredd|microcks|specmatic|oasdiff\s+breaking|buf\s+breaking|openapi-diff|prism\s+proxy|portman|hurl\s+--test|newman\s+run)\b|\b(?:contract|pact)s?(?:[\s:_.,/-]|$)/i,
  },
  {
    kind: 'database',
    commands:
      /^(?!docker\s+compose\s+(?:up|down|pull)|echo|git|mkdir|cp|curl).*\b(?:integration|db-?tests?|it|e2e)\b.*|(?:gradlew?|mvnw?)\s.*\b(?:integrationTest|verify|failsafe)\b/i,
  },
  {
    kind: 'migrations',
    commands:
      /^(?:alembic\s+upgrade|flyway\s+(?:\S+\s+)*migrate|liquibase\s+(?:\S+\s+)*update|(?:prisma|drizzle-kit|typeorm|sequelize|knex|mikro-orm|node-pg-migrate|kysely)\s+\S*migrat\S*|prisma\s+migrate|prisma\s+db\s+push|(?:python3?\s+)?(?:\.\/)?manage\.py\s+migrate|(?:bin\/)?rails\s+db:(?:migrate|prepare|schema:load)|rake\s+db:|(?:php\s+)?artisan\s+migrate|atlas\s+(?:migrate|schema\s+apply)|goose\s|migrate\s+-|dbmate\s+(?:up|migrate)|sqlx\s+(?:migrate|database)|diesel\s+(?:migration|database)|sqitch\s+(?:deploy|verify)|sql-migrate\s+up|tern\s+migrate|dotnet\s+ef\s+database\s+update|mix\s+ecto\.migrate|bytebase|golang-migrate|flask\s+db\s+upgrade|yoyo\s+apply)|^(?:npm|pnpm|yarn|bun|make|just|task|go|cargo|docker)\b.*\bmigrat(?:e|ion|ions)\b/i,
  },
  {
    kind: 'migrations',
    actions:
      /^(?:ariga\/atlas-action|red-?gate\/flyway|joshuaavalon\/flyway-action|liquibase\/|liquibase-github-actions\/)/i,
  },
];

/** Images of real databases, as service containers or in a script. */
export const DATABASE =
  /\b(?:postgres(?:ql)?|timescale\w*|postgis|mysql|mariadb|percona|cockroach\w*|mssql|mongo(?:db)?|cassandra|oracle-(?:xe|free))\b/i;
/** Ways for tests to start their own. */
export const STARTS_ONE =
  /\b(?:testcontainers|docker[ -]compose\s+(?:\S+\s+)*up|kind\s+create|minikube\s+start|k3d\s+cluster|supabase\s+start)\b/i;
