/** What ordinary clients send: calls of an API, and texts of people in its fields. */
import type { WafRequest } from '../../../model/drill/edge-control.ts';
import { CODE, LABELS, NAMES, SENTENCES } from './texts.ts';

/** Calls without free text: a client's code wrote them. None of them may be refused. */
export const CALLS = 'calls of an API';
/** People's own words. Filters that score phrases take some of them for attacks; how many is a matter of the paranoia level. */
export const WORDS = 'words of people';

const CALLS_OF_EACH = 40;
const IDS = Array.from({ length: CALLS_OF_EACH }, (_, index) => uuid(index));

export function benign(path: string): WafRequest[] {
  return [...calls(path), ...words(path)];
}

function calls(path: string): WafRequest[] {
  return IDS.flatMap((id, index): WafRequest[] => [
    request(
      CALLS,
      `page ${index}`,
      'GET',
      `${path}?limit=${10 + index}&cursor=${base64(`${id}:${index}`)}&sort=-createdAt`,
    ),
    request(
      CALLS,
      `filter ${index}`,
      'GET',
      `${path}?status=running&nodeId=${id}&from=2026-11-${day(index)}T00%3A00%3A00Z`,
    ),
    request(CALLS, `item ${index}`, 'GET', `${path}/${id}?fields=id,status,label&expand=node`),
    json(CALLS, `create ${index}`, path, {
      nodeId: id,
      label: `run-${index}`,
      email: `user+${index}@example.com`,
      startAt: `2026-12-${day(index)}T08:30:00+01:00`,
      tags: ['gpu', `batch-${index}`],
      limits: { hours: index, maxCost: index * 1.25, spot: index % 2 === 0 },
    }),
    request(CALLS, `change ${index}`, 'PATCH', `${path}/${id}`, { status: 'stopped', version: index }),
  ]);
}

function words(path: string): WafRequest[] {
  const texts = [...NAMES, ...LABELS, ...SENTENCES, ...CODE];
  return texts.flatMap((text, index): WafRequest[] => [
    json(WORDS, `text ${index + 1} in JSON`, path, { label: text }),
    request(WORDS, `text ${index + 1} in a search`, 'GET', `${path}?search=${encodeURIComponent(text)}`),
  ]);
}

const CLIENT = {
  accept: 'application/json',
  'accept-language': 'en',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
};

function request(kind: string, name: string, method: string, path: string, body?: object): WafRequest {
  const headers = { ...CLIENT, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return {
    class: kind,
    name,
    want: { attack: false },
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function json(kind: string, name: string, path: string, body: object): WafRequest {
  return request(kind, name, 'POST', path, body);
}

/** RFC 9562 version 4 in form; the same for the same number. */
function uuid(index: number): string {
  const hex = (index * 2_654_435_761 + 97).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-4${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex}`;
}

function day(index: number): string {
  return String(1 + (index % 28)).padStart(2, '0');
}

function base64(text: string): string {
  return btoa(text).replaceAll('=', '');
}
