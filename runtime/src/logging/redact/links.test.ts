/** Links that let in, secrets behind the word token, and small numbers under names of secrets. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text, value } = createRedactor();
const R = '[redacted]';
/** Put together here, so that no scanner takes this file for a leak. */
const RANDOM = ['Qw7eR2tY9u', 'I4oP6aS1dF8g'].join('');

test('secrets in links and behind "token" go where they look drawn at random', () => {
  for (const path of [
    'reset',
    'password/reset',
    'reset-password',
    'verify-email',
    'verify',
    'invite',
    'magic',
    'magic-link',
  ])
    expect(text(`GET /${path}/${RANDOM} 404`)).toBe(`GET /${path}/${R} 404`);
  expect(text(`https://shop.example/reset/${RANDOM}?lang=de`)).toBe(`https://shop.example/reset/${R}?lang=de`);
  expect(text(`token ${RANDOM} has expired`)).toBe(`token ${R} has expired`);
  expect(text(`unknown api key "${RANDOM}"`)).toBe(`unknown api key "${R}"`);
});

test('small numbers under names that have others as well stay, a PIN goes', () => {
  expect(text('pin=2 seed=42 sid: 7')).toBe('pin=2 seed=42 sid: 7');
  expect(value({ pin: 17, seed: 42, sid: 7 })).toEqual({ pin: 17, seed: 42, sid: 7 });
  expect(text('pin=4821 cvv=123')).toBe(`pin=${R} cvv=${R}`);
  expect(text('pin=0042')).toBe(`pin=${R}`);
  expect(value({ pin: 4821, otp: 123 })).toEqual({ pin: R, otp: R });
});

test('identifiers and names in links and sentences stay', () => {
  for (const line of [
    'GET /reset/done /invite/accept /confirm/orders/2026 /recovery/backup-2026-11-30T07-00-00Z-full',
    '/verify/4bf92f35-77b3-4da6-a3ce-929d0e0e4736 /invite/team-platform-eng-2026-q4',
    'token bucket has expired, unexpected token function_call_expression_statement',
    'token eu-west-1a-prod-2b-cluster-3c expired',
  ])
    expect(text(line)).toBe(line);
});
