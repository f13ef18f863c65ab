/** A user at the console, in Chromium: logs in through the provider, works in a terminal, is told what the platform did. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { Platform } from './platform.ts';

export interface Desk {
  readonly page: Page;
  /** What the page complained of: errors, and what its policy or CORS refused. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Trusts the lab's authority and nothing beyond what the browser brings: certificates of any other are refused. */
export async function openDesk(platform: Platform): Promise<Desk> {
  const profile = mkdtempSync(join(tmpdir(), 'launchgate-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: [...ARGUMENTS, `--ignore-certificate-errors-spki-list=${pins(platform.ca).join(',')}`],
    viewport: { width: 1200, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return {
    page,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export async function logIn({ page }: Desk, { edge }: Platform, user: string): Promise<void> {
  await page.goto(`https://console.localhost:${edge}/`);
  await page.click('#login');
  await page.click(`button[value="${user}"]`);
  await page.locator('#who', { hasText: user }).waitFor();
}

/** What is on the terminal's screen, without the padding of its lines. */
export async function screen(page: Page): Promise<string> {
  const lines = await page.locator('#terminal .xterm-rows > div').allTextContents();
  return lines.map((line) => line.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

export async function type(page: Page, text: string): Promise<void> {
  await page.locator('#terminal textarea').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** SHA-256 of the public keys, as the browser takes them. */
function pins(ca: string): string[] {
  return (ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) =>
    createHash('sha256')
      .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64'),
  );
}
