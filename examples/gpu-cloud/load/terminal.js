import ws from 'k6/ws';
import http from 'k6/http';
import { check } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { target } from './options.js';
import { token } from './token.js';

const echo = new Trend('terminal_echo', true);
const abrupt = new Counter('terminal_abrupt_closes');
const gateway = __ENV.GATEWAY || 'wss://terminal.staging.gpucloud.example';

export const options = {
  scenarios: {
    // 1,000 sessions held for ten minutes: four pods at their target of 250.
    sessions: {
      executor: 'ramping-vus',
      stages: [{ duration: '5m', target: 1000 }, { duration: '10m', target: 1000 }, { duration: '2m', target: 0 }],
      gracefulStop: '1m',
    },
  },
  thresholds: { terminal_echo: ['p(99)<250'], terminal_abrupt_closes: ['count==0'] },
};

export const setup = token;

export default function session(bearer) {
  const headers = { Authorization: `Bearer ${bearer}` };
  const ticket = http.post(`${target}/api/v1/terminal/tickets`, null, { headers }).json('ticket');
  const answer = ws.connect(`${gateway}/ws/terminal/load?ticket=${ticket}`, {}, (socket) => {
    let sent = 0;
    socket.on('open', () => socket.setInterval(() => { sent = Date.now(); socket.send('echo\n'); }, 1000));
    socket.on('message', () => echo.add(Date.now() - sent));
    socket.on('close', (code) => { if (![1000, 1012].includes(code)) abrupt.add(1); });
    socket.setTimeout(() => socket.close(1000), 600_000);
  });
  check(answer, { 'upgraded': ({ status }) => status === 101 });
}
