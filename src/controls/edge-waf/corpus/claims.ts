/**
 * What the Core Rule Set says that it is for, by class of the corpus, and the paranoia level from which it says so. Read off the published list of what
 * it protects from (coreruleset.org) and off the rules themselves in version 3.3.4, by their titles and their tags `paranoia-level/N`; never off
 * what they found. Version 4 claims more; what it is held to is what both claim.
 */
export type Level = 1 | 2 | 3 | 4;

export interface Claim {
  /** Absent: no level claims it. */
  readonly from?: Level;
  /** The rules that say so, or that there is none. */
  readonly grounds: string;
}

export const CLAIMS: Readonly<Record<string, Claim>> = {
  'SQL injection': { from: 1, grounds: 'REQUEST-942, 942100 "SQL Injection Attack Detected via libinjection"' },
  'cross-site scripting': { from: 1, grounds: 'REQUEST-941, 941100 "XSS Attack Detected via libinjection"' },
  'path traversal': {
    from: 1,
    grounds: 'REQUEST-930, 930100 "Path Traversal Attack", 930120 "OS File Access Attempt"',
  },
  'command injection': { from: 1, grounds: 'REQUEST-932, 932100 "Remote Command Execution: Unix Command Injection"' },
  'PHP injection': { from: 1, grounds: 'REQUEST-933, 933100 "PHP Injection Attack: PHP Open Tag Found"' },
  'Java injection': { from: 1, grounds: 'REQUEST-944, 944100 "Suspicious Java class detected"' },
  'Node.js injection': { from: 1, grounds: 'REQUEST-934, 934100 "Node.js Injection Attack"' },
  'remote file inclusion': {
    from: 1,
    grounds: 'REQUEST-931, 931100 "URL Parameter using IP Address", 931120 "Trailing Question Mark"',
  },
  'NoSQL injection': { from: 1, grounds: '942290 "Finds basic MongoDB SQL injection attempts"' },
  'LDAP injection': { from: 1, grounds: '921200 "LDAP Injection Attack"' },
  'response splitting': { from: 1, grounds: 'REQUEST-921, 921120 "HTTP Response Splitting Attack"' },
  scanner: { from: 1, grounds: 'REQUEST-913, 913100 "Found User-Agent associated with security scanner"' },
  'prototype pollution': { grounds: 'no rule of version 3.3 (934130 came with 4)' },
  'template injection': {
    grounds: 'no rule for templates of servers (941380 of level 2 is for AngularJS in browsers)',
  },
  'server-side request forgery': { grounds: 'no rule of version 3.3 (934110 came with 4)' },
  'XML entities': { grounds: 'no rule for document types' },
};

/** Classes that the rule set is held to at that level. A level has the rules of those below it. */
export function claimedAt(level: Level): string[] {
  return Object.entries(CLAIMS).flatMap(([name, { from }]) => (from !== undefined && from <= level ? [name] : []));
}
