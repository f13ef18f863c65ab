import http from 'k6/http';
import { check } from 'k6';
import { arrival, target } from './options.js';
import { token } from './token.js';

export const options = {
  scenarios: { read: arrival('read', 0.9), write: arrival('write', 0.1) },
  // The SLOs: 99.9 % available, 99 % within half a second.
  thresholds: {
    http_req_failed: ['rate<0.001'],
    http_req_duration: ['p(99)<500'],
    dropped_iterations: ['count==0'],
  },
};

export const setup = token;

export function read(bearer) {
  const answer = http.get(`${target}/api/v1/instances?limit=20`, { headers: { Authorization: `Bearer ${bearer}` } });
  check(answer, { 'is 200': ({ status }) => status === 200 });
}

export function write(bearer) {
  const body = JSON.stringify({ label: `load-${__VU}-${__ITER}` });
  const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' };
  check(http.post(`${target}/api/v1/labels`, body, { headers }), { 'is 201': ({ status }) => status === 201 });
}
