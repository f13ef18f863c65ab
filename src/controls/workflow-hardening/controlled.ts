/** A context that an expression writes out. */
export interface Reading {
  /** `github.event.issue.title`, lower case. */
  readonly path: string;
  /** With everything below it, as `toJSON` does. */
  readonly whole: boolean;
}

/**
 * Contexts below `github` whose text strangers choose, with the events that fill them; `*` is an index. Commit hashes, numbers and
 * logins are not among them: their characters are harmless. https://docs.github.com/actions/concepts/security/script-injections
 */
const CONTROLLED: readonly (readonly [events: RegExp, paths: readonly string[]])[] = [
  [
    /^pull_request/,
    [
      'head_ref',
      'event.pull_request.title',
      'event.pull_request.body',
      'event.pull_request.head.ref',
      'event.pull_request.head.label',
      'event.pull_request.head.repo.default_branch',
      'event.pull_request.head.repo.description',
      'event.pull_request.head.repo.homepage',
    ],
  ],
  [/^issue/, ['event.issue.title', 'event.issue.body']],
  [/_comment$/, ['event.comment.body']],
  [/^pull_request_review$/, ['event.review.body']],
  [
    /^discussion/,
    [
      'event.discussion.title',
      'event.discussion.body',
      'event.discussion_comment.title',
      'event.discussion_comment.body',
    ],
  ],
  [/^gollum$/, ['event.pages.*.page_name']],
  [
    /^push$/,
    ['event.head_commit', 'event.commits.*'].flatMap((commit) => [
      `${commit}.message`,
      ...['author', 'committer'].flatMap((person) => [`${commit}.${person}.name`, `${commit}.${person}.email`]),
    ]),
  ],
  [
    /^workflow_run$/,
    [
      'event.workflow_run.head_branch',
      'event.workflow_run.display_title',
      'event.workflow_run.head_commit.message',
      'event.workflow_run.head_commit.author.name',
      'event.workflow_run.head_commit.author.email',
      'event.workflow_run.head_repository.description',
    ],
  ],
];

/** Whether an event fills what is written out, or a part of it, with text that a stranger chose. */
export function isControlled(reading: Reading, event: string): boolean {
  return CONTROLLED.some(([events, paths]) => events.test(event) && paths.some((path) => reaches(reading, path)));
}

/** Whether a reading has the text at a path in it. */
function reaches({ path, whole }: Reading, controlled: string): boolean {
  const read = path.split('.');
  const wanted = ['github', ...controlled.split('.')];
  const isOnTheWay = read.every((name, index) => name === wanted[index] || name === '*' || wanted[index] === '*');
  return isOnTheWay && (read.length === wanted.length || (whole && read.length < wanted.length));
}
