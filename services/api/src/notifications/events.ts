/** `/events`: the same messages as server-sent events, for clients that can set an Authorization header. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler, preHandlerHookHandler } from 'fastify';
import { Problem } from '../http/problem.ts';
import { answers, usual } from '../http/route.ts';
import { createFeed } from './feed.ts';
import type { Hub } from './hub.ts';
import { takePlace, type Place } from './join.ts';
import { GAP, position, type Frame } from './message.ts';

const TYPE = 'text/event-stream';
const HEADERS = { 'content-type': TYPE, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

export interface EventDeps {
  readonly hub: Hub;
  readonly guards: readonly (preHandlerAsyncHookHandler | preHandlerHookHandler)[];
  readonly missed: (user: string, after: string | undefined) => Promise<Frame[]>;
  /** The lifecycle's: calls `finish` when the process drains. */
  readonly openEnded: (response: ServerResponse) => void;
  readonly onDropped?: (count: number) => void;
}

export function eventStream(app: FastifyInstance, deps: EventDeps): void {
  app.route({
    method: 'GET',
    url: '/events',
    config: { shedding: { priority: 'normal', sample: false } },
    schema: {
      operationId: 'events',
      tags: ['notifications'],
      summary: 'Notifications as server-sent events; Last-Event-ID brings what was missed',
      security: [{ bearer: [] }],
      response: answers(
        200,
        {
          description: 'Messages for as long as the client stays.',
          content: { [TYPE]: { schema: { type: 'string' } } },
        },
        [...usual('GET'), 401, 403, 429, 503],
      ),
    },
    onRequest: [...deps.guards],
    async handler(request, reply) {
      const { principal } = request;
      if (principal === undefined) throw new Problem(401, 'Unauthorized', 'A bearer token is needed.');
      // Only its headers are wanted: a stream without a body would never end.
      if (request.method === 'HEAD') return reply.headers(HEADERS).send();
      const place = await takePlace(deps.hub, principal, () => missedBy(request, principal.sub, deps));
      reply.hijack();
      stream(request, reply.raw, reply.getHeaders(), place, deps);
    },
  });
}

/** Of a place that was never given out nobody can say what came after it. An empty one is none (HTML, 9.2.4). */
async function missedBy({ headers }: FastifyRequest, user: string, { missed }: EventDeps): Promise<Frame[]> {
  const last = headers['last-event-id'] || undefined;
  const known = position.optional().safeParse(last);
  return known.success ? missed(user, known.data) : [GAP, ...(await missed(user, undefined))];
}

function stream(
  request: FastifyRequest,
  response: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
  place: Place,
  { openEnded, onDropped }: EventDeps,
): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(200, HEADERS);
  // The request's own timeouts end with its answer, which here is never.
  request.raw.setTimeout(0);
  response.write('retry: 3000\n\n');
  openEnded(response);
  // What was ended may still be on its way to the client when a message comes, and a write would be an error that nobody hears.
  const write = (frame: Frame, done: () => void): boolean =>
    response.writableEnded ? true : response.write(eventOf(frame), done);
  const feed = createFeed({ write, stalled: () => response.destroy() }, onDropped === undefined ? {} : { onDropped });
  response.on('close', () => (place.part(), feed.close()));
  if (response.destroyed || response.writableEnded) return place.part();
  place.begin({
    offer: (frame) => feed.offer(frame),
    leave(why) {
      // Told once: the hub asks again until the stream has closed, and the drain may have ended it before.
      if (!response.writableEnded) response.end(`event: end\ndata: ${JSON.stringify({ reason: why })}\n\n`);
    },
    beat() {
      if (!response.writableNeedDrain && !response.writableEnded) response.write(':\n\n');
    },
  });
}

/** A gap carries no id, so that the client's last one stays what it was. */
function eventOf(frame: Frame): string {
  if ('id' in frame) return `id: ${frame.id}\ndata: ${JSON.stringify(frame)}\n\n`;
  if ('position' in frame) return `id: ${frame.position}\nevent: joined\ndata: {}\n\n`;
  return 'event: gap\ndata: {}\n\n';
}
