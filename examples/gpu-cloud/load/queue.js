import http from 'k6/http';
import { check } from 'k6';
import { arrival, target } from './options.js';
import { token } from './token.js';

/** Instances of the load tenant, each of which reports as its agent does. */
const instances = (__ENV.INSTANCES || '').split(',');

export const options = {
  scenarios: { usage: arrival('usage', 2) },
  thresholds: { http_req_failed: ['rate<0.001'], checks: ['rate==1'] },
};

export const setup = token;

/** That the queue is empty again within two minutes is what `QueueLagHigh` and the usage panel of the dashboard tell: the API has no view of it. */
export function usage(bearer) {
  const instance = instances[(__VU + __ITER) % instances.length];
  const idempotencyKey = `load-${__VU}-${__ITER}-${Date.now()}`;
  const body = JSON.stringify({ seconds: 1, usedAt: new Date().toISOString(), idempotencyKey });
  const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' };
  const answer = http.post(`${target}/api/v1/instances/${instance}/usage`, body, { headers });
  check(answer, { 'is 202': ({ status }) => status === 202 });
}
