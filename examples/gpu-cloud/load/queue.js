import http from 'k6/http';
import { check, sleep } from 'k6';
import { arrival, target } from './options.js';
import { token } from './token.js';

export const options = {
  scenarios: { usage: arrival('usage', 2) },
  thresholds: { http_req_failed: ['rate<0.001'], checks: ['rate==1'] },
};

export const setup = token;

export function usage(bearer) {
  const body = JSON.stringify({ instance: `load-${__VU}`, gpuSeconds: 60, at: new Date().toISOString() });
  const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' };
  check(http.post(`${target}/api/v1/usage`, body, { headers }), { 'is 202': ({ status }) => status === 202 });
}

/** The queue must be empty again within two minutes. */
export function teardown(bearer) {
  const headers = { Authorization: `Bearer ${bearer}` };
  for (let tries = 0; tries < 24; tries += 1) {
    if (http.get(`${target}/api/v1/admin/queues/usage`, { headers }).json('pending') === 0) return;
    sleep(5);
  }
  throw new Error('the usage queue was not drained within two minutes');
}
