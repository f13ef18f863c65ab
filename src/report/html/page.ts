import { hash } from 'node:crypto';
import { html, Markup } from './html.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export interface PageParts {
  readonly title: string;
  /** Small line over the heading: which verb, of which tool. */
  readonly kicker: string;
  readonly heading: Markup;
  readonly verdict: { readonly tone: 'bad' | 'unknown' | 'good'; readonly word: string; readonly text: string };
  /** Facts in a line below the verdict. */
  readonly facts: readonly string[];
  readonly sections: readonly Markup[];
  readonly foot: readonly string[];
}

/**
 * One page that needs nothing else: its policy allows its own style and script by their hashes, and no request at all.
 * https://www.w3.org/TR/CSP3/
 */
export function renderPage(parts: PageParts): string {
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${parts.title}</title>
        ${element('style', STYLE)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <p class="kicker">${parts.kicker}</p>
          <h1>${parts.heading}</h1>
          <p class="verdict ${parts.verdict.tone}">
            <strong>${parts.verdict.word}</strong> <span>${parts.verdict.text}</span>
          </p>
          ${parts.facts.length > 0 && html`<p class="facts">${parts.facts.map((fact) => html`<span>${fact}</span>`)}</p>`}
        </header>
        <main id="main">${parts.sections}</main>
        <footer>${parts.foot.map((line) => html`<p>${line}</p>`)}</footer>
        ${element('script', SCRIPT)}
      </body>
    </html> `;
  return page.text;
}

/** The hash in the policy is of the element's whole content: not a blank may be added around it. */
function element(name: 'style' | 'script', content: string): Markup {
  return new Markup(`<${name}>${content}</${name}>`);
}

function hashOf(text: string): string {
  return `sha256-${hash('sha256', text, 'base64')}`;
}
