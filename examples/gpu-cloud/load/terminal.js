import { WebSocket } from 'k6/websockets';
import http from 'k6/http';
import { check } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { target } from './options.js';
import { token } from './token.js';

const echo = new Trend('terminal_echo', true);
const abrupt = new Counter('terminal_abrupt_closes');
const origin = __ENV.ORIGIN || 'https://console.staging.gpucloud.example';
/** Nodes that the load tenant rents. */
const nodes = (__ENV.NODES || '').split(',');
const KEYS = new Uint8Array([...'echo\n'].map((key) => key.charCodeAt(0)));

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
  const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json', Origin: origin };
  const body = JSON.stringify({ nodeId: nodes[__VU % nodes.length] });
  const answer = http.post(`${target}/api/v1/terminal/tickets`, body, { headers });
  if (!check(answer, { 'ticket': ({ status }) => status === 201 })) return;
  open(answer.json());
}

/** The protocol `launchgate.terminal.v1`: the ticket is a subprotocol, never in the URL; a binary frame is its position and the bytes. */
function open({ ticket, url }) {
  const socket = new WebSocket(url, ['launchgate.terminal.v1', `ticket.${ticket}`], { headers: { Origin: origin } });
  socket.binaryType = 'arraybuffer';
  let sent = 0;
  let position = 0;
  const type = () => {
    const frame = new Uint8Array(8 + KEYS.length);
    new DataView(frame.buffer).setBigUint64(0, BigInt(position));
    frame.set(KEYS, 8);
    position += KEYS.length;
    sent = Date.now();
    socket.send(frame.buffer);
  };
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', cols: 120, rows: 40 }));
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') {
      if (sent > 0) echo.add(Date.now() - sent);
      sent = 0;
      const seq = Number(new DataView(data).getBigUint64(0)) + data.byteLength - 8;
      socket.send(JSON.stringify({ type: 'ack', seq }));
    } else if (JSON.parse(data).type === 'ready') {
      setInterval(type, 1000);
      setTimeout(() => socket.send(JSON.stringify({ type: 'end' })), 600_000);
    }
  };
  // 1012 and 4401: the gateway goes, or wants a new ticket; a browser resumes.
  socket.onclose = ({ code }) => { if (![1000, 1012, 4401].includes(code)) abrupt.add(1); };
}
