import { describe, expect, it } from 'vitest';
import { keepsTo, namesOtherEvents } from './conditions.ts';

describe('what a condition keeps to', () => {
  const isMain = (term: string): boolean => term === "github.ref == 'refs/heads/main'";

  it.each([
    ["github.ref == 'refs/heads/main'", true],
    ["${{ github.ref == 'refs/heads/main' }}", true],
    ["success() && (github.ref == 'refs/heads/main')", true],
    ["github.ref == 'refs/heads/main' || inputs.force", false],
    ["!(github.ref == 'refs/heads/main')", false],
    ["always() && (inputs.a || github.ref == 'refs/heads/main')", false],
    [undefined, false],
  ])('%s: %s', (condition, expected) => expect(keepsTo(condition, isMain)).toBe(expected));

  it.each([
    ["github.event_name == 'push'", 'push', false],
    ["github.event_name == 'push'", 'pull_request', true],
    ["github.event_name != 'push'", 'push', true],
    ["github.event_name != 'push'", 'pull_request', false],
  ])('%s leaves %s out: %s', (term, event, expected) => expect(namesOtherEvents(term, event)).toBe(expected));
});
