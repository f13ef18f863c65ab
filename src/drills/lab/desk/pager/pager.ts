/** The pager without its server: pages, acknowledgements, escalation, the dead man's switch. Time comes from `tick`, called often enough. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Acknowledgement, ListedPage, PagerOptions, PagerPace, PagerSettings, PageRecord } from './types.ts';

/** Alertmanager's webhook payload, version 4. */
const payload = z.looseObject({
  receiver: z.string().optional(),
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.string().optional(),
        fingerprint: z.string().optional(),
      }),
    )
    .max(10_000),
});

/** The oldest are forgotten above this; the file has them all. */
const MOST = 10_000;

interface Open {
  readonly page: PageRecord;
  readonly since: number;
  level: number;
}

export class Pager {
  readonly #options: PagerOptions;
  readonly #pages: PageRecord[] = [];
  readonly #acknowledged = new Map<string, Acknowledgement>();
  /** Firing pages that wait for somebody, by alert and receiver. */
  readonly #open = new Map<string, Open>();
  readonly #beats = new Map<string, number>();
  /** Beats are waited for from here on. */
  #from: number;
  #faster: PagerPace = { escalation: 1, deadMan: 1 };
  #dead = false;

  constructor(options: PagerOptions) {
    this.#options = options;
    this.#from = this.now();
  }

  /** Escalates and misses beats so many times faster than its settings say. */
  pace(faster: PagerPace): void {
    this.#faster = faster;
    this.#from = this.now();
  }

  /** What it goes by now. */
  settings(): PagerSettings {
    const { escalation, deadManAfter } = this.#options;
    const paced = (seconds: number): number => seconds / this.#faster.escalation;
    const levels = Object.entries(escalation).map(([receiver, after]) => [receiver, after.map(paced)]);
    return {
      escalation: Object.fromEntries(levels) as PagerSettings['escalation'],
      deadManAfter: deadManAfter / this.#faster.deadMan,
    };
  }

  /** Takes what Alertmanager sent; answers the records made of it. Throws a ZodError for anything else. */
  take(kind: 'page' | 'message', receiver: string, integration: string, body: unknown): PageRecord[] {
    return payload.parse(body).alerts.map(({ status, labels, annotations, startsAt, fingerprint }) => {
      const page = this.keep({
        kind,
        receiver,
        integration,
        status,
        alertname: labels['alertname'] ?? '',
        labels,
        annotations,
        level: 1,
        ...(startsAt === undefined ? {} : { startsAt }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      });
      if (kind === 'page') this.follow(page);
      return page;
    });
  }

  beat(name: string): void {
    this.#beats.set(name, this.now());
    if (!this.#dead) return;
    this.#dead = false;
    this.keep({ ...DEAD_MAN, receiver: name, status: 'resolved' });
  }

  /** False when there is no such page. An acknowledged alert escalates no further. */
  acknowledge(id: string, by: string): boolean {
    const page = this.#pages.find((one) => one.id === id);
    if (page === undefined) return false;
    if (!this.#acknowledged.has(id)) this.#acknowledged.set(id, { at: new Date(this.now()).toISOString(), by });
    this.#open.delete(keyOf(page));
    return true;
  }

  /** Escalates what nobody answered, and misses the beats that did not come. */
  tick(): void {
    const now = this.now();
    const { escalation, deadManAfter } = this.settings();
    for (const open of this.#open.values()) {
      const after = (escalation[open.page.receiver] ?? escalation[''] ?? [])[open.level - 1];
      if (after === undefined || now - open.since < after * 1000) continue;
      open.level += 1;
      const { id: _, at: __, ...page } = open.page;
      this.keep({ ...page, kind: 'escalation', level: open.level });
    }
    const last = Math.max(this.#from, ...this.#beats.values());
    if (this.#dead || now - last < deadManAfter * 1000) return;
    this.#dead = true;
    this.keep({ ...DEAD_MAN, receiver: [...this.#beats.keys()].join(',') || 'nobody', status: 'firing' });
  }

  list(wanted: (page: ListedPage) => boolean = () => true): ListedPage[] {
    return this.#pages
      .map((page) => {
        const acknowledged = this.#acknowledged.get(page.id);
        return acknowledged === undefined ? page : { ...page, acknowledged };
      })
      .filter(wanted);
  }

  beats(): { name: string; at: string }[] {
    return [...this.#beats].map(([name, at]) => ({ name, at: new Date(at).toISOString() }));
  }

  private follow(page: PageRecord): void {
    const key = keyOf(page);
    if (page.status === 'resolved') this.#open.delete(key);
    else if (!this.#open.has(key)) this.#open.set(key, { page, since: this.now(), level: 1 });
  }

  private keep(page: Omit<PageRecord, 'id' | 'at'>): PageRecord {
    const made = { id: randomUUID(), at: new Date(this.now()).toISOString(), ...page };
    this.#pages.push(made);
    if (this.#pages.length > MOST) for (const { id } of this.#pages.splice(0, MOST / 10)) this.#acknowledged.delete(id);
    this.#options.record(made);
    return made;
  }

  private now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

const DEAD_MAN = {
  kind: 'dead-man',
  integration: 'switch',
  alertname: 'DeadManSwitch',
  labels: {},
  annotations: { summary: 'No beat of the monitoring arrived in time' },
  level: 1,
} as const;

function keyOf({ receiver, integration, fingerprint, alertname, labels }: PageRecord): string {
  return JSON.stringify([receiver, integration, fingerprint ?? [alertname, Object.entries(labels).sort()]]);
}
