import { Cursor, isMapping } from '../../../../model/cursor.ts';
import type { Receiver } from '../../routing/index.ts';
import { Refused, text } from '../../shapes/refused.ts';
import { standsIn } from '../../shapes/stand-ins.ts';
import { listOf } from '../../lenient.ts';
import type { Entry } from './sources.ts';

/** What each type cannot be without, one of the keys each; of Terraform the later ones. Source: grafana/alerting `receivers`, each `config.go`. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  alertmanager: ['url'],
  dingding: ['url'],
  discord: ['url'],
  email: ['addresses'],
  googlechat: ['url'],
  kafka: ['kafkaRestProxy rest_proxy_url', 'kafkaTopic topic'],
  line: ['token'],
  mqtt: ['brokerUrl broker_url', 'topic'],
  oncall: ['url'],
  opsgenie: ['apiKey api_key'],
  pagerduty: ['integrationKey integration_key'],
  pushover: ['userKey user_key', 'apiToken api_token'],
  sensugo: ['url', 'apikey api_key'],
  slack: ['url token'],
  teams: ['url'],
  telegram: ['bottoken token', 'chatid chat_id'],
  threema: ['gateway_id', 'recipient_id', 'api_secret'],
  victorops: ['url'],
  webhook: ['url'],
};

/** Contact points that every Grafana has before anybody makes one: the older sends to nobody's address, the newer to nobody. */
const BUILT_IN: readonly Receiver[] = [
  { name: 'grafana-default-email', integrations: [], unfilled: ['addresses'] },
  { name: 'empty', integrations: [] },
];

/** The contact points, those of one name as one, as Grafana keeps them. */
export function readContactPoints(entries: readonly Entry[]): Receiver[] {
  const found = new Map<string, Receiver>();
  for (const entry of entries) {
    const one = readOne(entry);
    const before = found.get(one.name);
    found.set(one.name, before === undefined ? one : both(before, one));
  }
  return [...found.values(), ...BUILT_IN.filter(({ name }) => !found.has(name))];
}

function both(one: Receiver, other: Receiver): Receiver {
  const unfilled = [...(one.unfilled ?? []), ...(other.unfilled ?? [])];
  const unseen = one.unseen ?? other.unseen;
  return {
    ...one,
    integrations: [...one.integrations, ...other.integrations],
    ...(unfilled.length > 0 && { unfilled }),
    ...(unseen !== undefined && { unseen }),
  };
}

function readOne({ at, shownAt, because }: Entry): Receiver {
  const name = (text(at.get('name')) ?? '').trim();
  if (name === '') throw new Refused('a contact point has no name', shownAt ?? at.origin);
  const integrations: string[] = [];
  const unfilled: string[] = [];
  const unseen: string[] = because === undefined ? [] : [because];
  for (const receiver of listOf(at.get('receivers'))) {
    const type = typeOf(receiver);
    if (type === undefined)
      throw new Refused(`contact point "${name}" has a receiver without type`, shownAt ?? receiver.origin);
    const open = openIn(name, type, receiver, shownAt);
    unfilled.push(...open);
    if (open.length > 0) continue;
    if (type === 'alertmanager') unseen.push('it hands on to another Alertmanager');
    else integrations.push(type);
  }
  return {
    name,
    integrations,
    ...(unfilled.length > 0 && { unfilled }),
    ...(unseen[0] !== undefined && { unseen: unseen[0] }),
    origin: shownAt ?? at.origin,
  };
}

function typeOf(receiver: Cursor): string | undefined {
  const type = (text(receiver.get('type')) ?? '').trim().toLowerCase();
  return type === '' ? undefined : type.replace(/^prometheus-/, '');
}

/** The keys of a receiver that hold an example's value only. Grafana takes none that lacks one. */
function openIn(name: string, type: string, receiver: Cursor, shownAt: Entry['shownAt']): string[] {
  const settings = isMapping(receiver.get('settings').value)
    ? receiver.get('settings')
    : new Cursor({}, receiver.origin);
  const elsewhere = new Set(listOf(receiver.get('valuesFrom')).map((from) => text(from.get('targetPath'))));
  return (NEEDS[type] ?? []).flatMap((names) => {
    const keys = names.split(' ');
    if (keys.some((key) => elsewhere.has(key))) return [];
    const given = keys.map((key) => settings.get(key)).find(({ exists, value }) => exists && value !== '');
    if (given === undefined)
      throw new Refused(`contact point "${name}": ${type} has no ${keys[0] ?? ''}`, shownAt ?? receiver.origin);
    return addressesIn(given.value).every(standsIn) ? [keys[0] ?? ''] : [];
  });
}

/** Several addresses stand in one text, or in a list. */
function addressesIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string'
    ? value
        .split(/[;,\n]/)
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : [value];
}
