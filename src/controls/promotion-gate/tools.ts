import type { Tool } from '../../proofs/workflows/index.ts';

export const KINDS = ['smoke', 'load', 'rollback'] as const;
export type Kind = (typeof KINDS)[number];

/** How the gates and the announcements are recognised: by tool, or by a command that names what it does. */
export const TOOLS: readonly Tool<Kind | 'chat'>[] = [
  { kind: 'smoke', commands: /(?:^|[\s/:_.-])(?:smoke|sanity)(?:[\s/:_.-]|tests?|$)/i },
  { kind: 'load', actions: /^(?:grafana\/(?:run-k6|k6)-?action|artilleryio\/|gatling\/|rbhadti94\/apache-jmeter)/i },
  {
    kind: 'load',
    commands:
      /^(?:k6|artillery|locust|vegeta|wrk2?|hey|oha|ab|jmeter|gatling|ghz|bombardier)\s|(?:^|[\s/:_.-])(?:load|k6|perf(?:ormance)?)(?:[-_:./ ]?(?:tests?|check))?(?:\.\w+)?(?:\s|$)/i,
  },
  { kind: 'rollback', commands: /roll-?_?back/i },
  {
    kind: 'chat',
    actions:
      /^(?:slackapi\/|8398a7\/action-slack|rtCamp\/action-slack|ravsamhq\/notify-slack|act10ns\/slack|edge\/simple-slack|voxmedia\/github-action-slack|toko-bifrost\/ms-teams|aliencube\/microsoft-teams|jdcargile\/ms-teams|skitionek\/notify-microsoft-teams|sarisia\/actions-status-discord|Ilshidur\/action-discord|mattermost\/)/i,
  },
  {
    kind: 'chat',
    commands:
      /hooks\.slack\.com|slack\.com\/api|webhook\.office\.com|\bSLACK_\w*(?:WEBHOOK|URL)|TEAMS_WEBHOOK|discord\.com\/api\/webhooks/i,
  },
];

/** Annotations by which a controller announces what it does. */
export const ANNOUNCES = /^(?:notifications\.argoproj\.io\/subscribe\.|event\.toolkit\.fluxcd\.io\/)/;
