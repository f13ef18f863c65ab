/** What replicas answer to an admin: whether the revoked come in, whether anybody does. */
import { CannotTell, type DrillSubject, type StepContext } from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import type { Params } from './check.ts';
import type { Revocation } from './query.ts';

export type Needs = 'access' | 'parts' | 'people';
export type Subject = DrillSubject<Revocation, Params>;
export type Context = StepContext<Needs>;

/** Two tokens of one admin and of one moment, so that whatever ends by itself ends for both. */
interface Tokens {
  readonly revoked: string;
  readonly other: string;
}

/** What the steps of one run hand on. */
export interface State {
  tokens?: Tokens;
}

/** Replicas that let the token in are asked again at a pace below any limit on an admin's requests. */
export const POLL_MS = 100;

/** A list that comes back without what stood in it is fresh, and lets in whoever was revoked. */
export async function staysRefused(
  { id, name }: Subject,
  { target: { access, parts }, observe }: Context,
  { tokens }: State,
  when: string,
): Promise<void> {
  if (tokens === undefined) throw new CannotTell('no token was revoked');
  const replicas = parts.replicas(name);
  const asked = await Promise.all(
    replicas.map(async (part) => ({
      part,
      revoked: await access.asAdmin(part, tokens.revoked),
      other: await access.asAdmin(part, tokens.other),
    })),
  );
  const ended = asked.find(({ other }) => !isLetIn(other));
  if (ended !== undefined)
    throw new CannotTell(
      `${ended.part} answers ${ended.other ?? 'nothing'} to a token that was never revoked, so a refusal says nothing`,
    );
  const open = asked.filter(({ revoked }) => !isRefused(revoked));
  observe({
    name: `revoked tokens not refused ${when}`,
    value: open.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    ...(open.length === 0
      ? {}
      : { detail: open.map(({ part, revoked }) => `${part} answers ${revoked ?? 'nothing'}`).join(', ') }),
  });
}

/** An admin with a token that is good comes to no replica while the list is too old to go by. */
export async function nobodyComesIn(
  { id }: Subject,
  { target: { access }, observe }: Context,
  replicas: readonly string[],
  token: string,
  when: string,
): Promise<void> {
  const statuses = await Promise.all(replicas.map((part) => access.asAdmin(part, token)));
  const open = replicas.filter((_, at) => isLetIn(statuses[at]));
  observe({
    name: `admins let in ${when}`,
    value: open.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    detail:
      open.length === 0
        ? replicas.map((part, at) => `${part} ${statuses[at] ?? 'no answer'}`).join(', ')
        : open.join(', '),
  });
}

/** Waits until every replica has a list again. */
export async function untilAdmitted(
  { signal }: Context,
  access: Context['target']['access'],
  replicas: readonly string[],
  token: string,
): Promise<void> {
  while (!(await Promise.all(replicas.map((part) => access.asAdmin(part, token)))).every(isLetIn)) {
    await pause(POLL_MS, signal);
  }
}

/** Refused for who asks: a limit on requests, or a replica that is not well, says nothing of the token. */
export function isRefused(status: number | undefined): boolean {
  return status === 401 || status === 403;
}

/** Let in, whatever it was answered. */
export function isLetIn(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
