/** Terminals on the lab's nodes, each of a user and from an address of its own. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Edge } from '../../../model/drill/edge.ts';
import type { People } from '../../../model/drill/people.ts';
import type { OpenTerminals, TerminalReport, Terminals } from '../../../model/drill/terminals.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Lab } from '../../lab/part.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { finishAll, loadUser, openAll, reportOn, startTyping, type BulkReport } from '../../terminals/bulk.ts';
import { keepOpen, stillOpen } from '../../terminals/open.ts';
import { rentNode } from '../../terminals/rent.ts';
import type { Session, TerminalEntry } from '../../terminals/session.ts';
import { labEdge } from './edge.ts';
import { nodesOf } from './nodes.ts';
import { operatorGet } from './operator.ts';
import { labPeople } from './people.ts';

const OPENING = 10;
const BACK_MS = 30_000;
/**
 * Each run opens the sessions of colleagues that hardly another run has had, by their number: what a run leaves behind when it is killed
 * goes on for a while, and counts against whose it is.
 */
const [FEWEST_BEFORE, MOST_BEFORE] = [1000, 45_000];
const ticket = z.object({ ticket: z.string(), session: z.string(), url: z.string() });
const placed = z.object({ sessions: z.array(z.object({ session: z.string(), openedAt: z.number() })) });

export function labTerminals(open: OpenLab, use: Use): Terminals {
  const { lab } = open;
  const { undo, signal } = use;
  const { crowd: nodes } = nodesOf(lab);
  // Sessions outlive the step that opens them, and ask for tickets until their run closes them.
  const lasting = { ...use, signal: new AbortController().signal };
  const [edge, people] = [labEdge(open, lasting), labPeople(open, lasting)];
  const entry = entryOf(edge, people);
  return {
    async open(count, { tick = 0.5 } = {}) {
      if (nodes.length === 0) throw new CannotTell('the lab runs no node agent, so no terminal can be opened');
      const token = await people.token(loadUser(0).user);
      const api = edge.host('api');
      const rented = [];
      for (const node of nodes)
        if ((await rentNode((path, call) => edge.ask(api, path, { ...call, token }), node)) !== undefined)
          rented.push(node);
      if (rented.length === 0) throw new CannotTell('every node of the lab is rented by somebody else');
      const key = randomUUID();
      await undo.before({ kind: 'close-terminals', data: { key } });
      const first = randomInt(FEWEST_BEFORE, MOST_BEFORE);
      const who = (number: number) => loadUser(first + number);
      const sessions = await openAll(entry, { sessions: count, nodes: rented, tick, opening: OPENING, who });
      const typing = startTyping(sessions);
      keepOpen(key, () => {
        typing.stop();
        for (const session of sessions) session.close();
      });
      return openTerminals(lab, sessions, () => stillOpen(key), typing.stop, signal);
    },
  };
}

function openTerminals(
  lab: Lab,
  sessions: readonly Session[],
  check: () => void,
  stopTyping: () => void,
  signal: AbortSignal,
): OpenTerminals {
  let last: TerminalReport | undefined;
  return {
    async places() {
      check();
      const places = await placesOf(lab);
      return sessions.map(({ id }) => ({ id, part: places.get(id) }));
    },
    async report() {
      return last ?? said(reportOn(sessions));
    },
    async reconnect() {
      check();
      const before = sessions.map((session) => session.ready());
      for (const session of sessions) session.drop();
      await untilAll(() => sessions.every((session, index) => session.ready() > before[index]!), signal);
    },
    async close() {
      if (last !== undefined) return last;
      stopTyping();
      last = said(await finishAll(sessions));
      return last;
    },
  };
}

function said({ sessions, closes, resumed, lostBytes, doubledBytes, damaged }: BulkReport): TerminalReport {
  return { sessions, closes, resumed, lostBytes, doubledBytes, damaged };
}

function entryOf(edge: Edge, people: People): TerminalEntry {
  const { ca, address, httpsPort } = edge.place;
  return {
    ...(ca === undefined ? {} : { ca }),
    address,
    origin: `https://${edge.host('console')}:${httpsPort}`,
    async ticket({ user, nodeId: node, from }, session) {
      const { status, text } = await edge.ask(edge.host('api'), '/api/v1/terminal/tickets', {
        method: 'POST',
        token: await people.token(user),
        body: { nodeId: node, ...(session === undefined ? {} : { session }) },
        ...(from === undefined ? {} : { from }),
      });
      if (status !== 201) throw new Error(`a ticket answers ${status} ${text.slice(0, 200)}`);
      return ticket.parse(JSON.parse(text));
    },
  };
}

/** Gateway by session, as the gateways themselves tell an operator. One that has not noticed yet that a connection was cut tells of an older one. */
async function placesOf(lab: Lab): Promise<Map<string, string>> {
  const places = new Map<string, { readonly part: string; readonly openedAt: number }>();
  for (const part of lab.replicas('terminal-gateway')) {
    const { sessions } = placed.parse(await operatorGet(lab, part, '/admin/sessions'));
    for (const { session, openedAt } of sessions)
      if (openedAt > (places.get(session)?.openedAt ?? 0)) places.set(session, { part, openedAt });
  }
  return new Map([...places].map(([session, { part }]) => [session, part]));
}

async function untilAll(holds: () => boolean, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + BACK_MS; !holds(); await sleep(50, undefined, { signal }))
    if (Date.now() > end) throw new CannotTell(`not every session was taken up again within ${BACK_MS / 1000} s`);
}
