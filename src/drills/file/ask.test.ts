import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { CannotTell } from '../../model/drill/drill.ts';
import { act } from './act.ts';
import { ask } from './ask.ts';
import type { Activity } from './schema.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const world = (target: object) => ({
  target: target as never,
  signal: new AbortController().signal,
  folder: import.meta.dirname,
});
const close = () => Promise.resolve();
const rows = (...all: object[]) =>
  world({ databases: { sql: () => Promise.resolve({ query: () => Promise.resolve(all), close }) } });
const reply = (value: unknown) =>
  world({ databases: { redis: () => Promise.resolve({ call: () => Promise.resolve(value), close }) } });
const answer = (value: unknown) => world({ cluster: { call: () => Promise.resolve(value) } });

const SQL: Activity = { sql: { store: 'orders', query: 'SELECT x' } };
const REDIS: Activity = { redis: { store: 'cache', command: ['GET', 'x'] } };
const KUBERNETES: Activity = {
  kubernetes: { method: 'GET', path: '/apis/apps/v1/x', value: '/status/readyReplicas' },
};

describe('a number is', () => {
  test.each([
    [4.5, 4.5],
    ['41', 41],
    [' 7\n', 7],
    [12n, 12],
    [true, 1],
    [false, 0],
    [new Date(1000), 1000],
  ])('%s', async (given, expected) => {
    expect(await ask(SQL, rows({ given, other: 'x' }))).toBe(expected);
    expect(await ask(REDIS, reply(given))).toBe(expected);
    expect(await ask(KUBERNETES, answer({ status: { readyReplicas: given } }))).toBe(expected);
  });

  test('1 for the OK of a command', async () => {
    expect(await ask(REDIS, reply('OK'))).toBe(1);
  });
});

describe('no data, and never 0, is', () => {
  test.each([[null], [undefined], [''], ['  '], ['many'], [[]], [[5]], [{}], [NaN], [Infinity], [new Date(NaN)]])(
    '%s',
    async (given) => {
      await expect(ask(SQL, rows({ given }))).rejects.toBeInstanceOf(CannotTell);
      await expect(ask(REDIS, reply(given))).rejects.toBeInstanceOf(CannotTell);
      const kubernetes = ask(KUBERNETES, answer({ status: { readyReplicas: given } }));
      await expect(kubernetes).rejects.toBeInstanceOf(CannotTell);
    },
  );

  test('a query without a row, told in words', async () => {
    await expect(ask(SQL, rows())).rejects.toThrow('orders answers nothing, which is no number');
    await expect(ask(REDIS, reply([]))).rejects.toThrow('cache replies [], which is no number');
    await expect(ask(KUBERNETES, answer({}))).rejects.toThrow('holds at /status/readyReplicas nothing');
  });
});

describe('what is done, and not measured,', () => {
  test('needs no number', async () => {
    await act(SQL, rows());
    await act(SQL, rows({ name: 'ann' }));
    await act(REDIS, reply(['a', 'b']));
  });

  test('by HTTP is done where it is answered with 2xx', async () => {
    const answered = (status: number) => {
      const edge = { host: () => 'api.localhost', ask: () => Promise.resolve({ status, ms: 2 }) };
      const call: Activity = {
        http: { service: 'api', path: '/faults', method: 'POST', headers: {}, value: 'status' },
      };
      return act(call, world({ edge }));
    };
    await answered(204);
    await expect(answered(302)).rejects.toThrow('it was answered with 302, a redirect, which is not followed');
    await expect(answered(302)).rejects.toBeInstanceOf(CannotTell);
    await expect(answered(403)).rejects.toThrow('it was answered with 403');
  });
});

describe('the time of an answer', () => {
  async function serve(status: number): Promise<Activity> {
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    ends.push(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return { http: { url, method: 'GET', headers: {}, value: 'ms' } };
  }

  test('is milliseconds', async () => {
    expect(await ask(await serve(200), world({}))).toBeGreaterThan(0);
  });

  test.each([[302], [404], [503]])('is none with the status %i, however quick', async (status) => {
    await expect(ask(await serve(status), world({}))).rejects.toThrow(`answered with ${status}`);
    await expect(ask(await serve(status), world({}))).rejects.toBeInstanceOf(CannotTell);
  });

  test('is none through the edge either', async () => {
    const edge = { host: () => 'api.localhost', ask: () => Promise.resolve({ status: 503, ms: 2 }) };
    const call: Activity = { http: { service: 'api', path: '/', method: 'GET', headers: {}, value: 'ms' } };
    await expect(ask(call, world({ edge }))).rejects.toThrow('api/ answered with 503');
  });
});
