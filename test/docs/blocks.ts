import MarkdownIt from 'markdown-it';

/** A fenced block, or a hidden one (`<!-- sh test … -->`), of a document: `sh test as=bo exit=1`. */
export interface Block {
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly content: string;
}

const markdown = new MarkdownIt({ html: true });

export function blocksOf(text: string): Block[] {
  return markdown.parse(text, {}).flatMap((token) => {
    const line = (token.map?.[0] ?? 0) + 1;
    if (token.type === 'fence') return [block(line, token.info, token.content)];
    if (token.type !== 'html_block') return [];
    const hidden = /^<!-- (sh test[^\n]*)\n(.*)-->\s*$/s.exec(token.content);
    return hidden === null ? [] : [block(line, hidden[1] ?? '', hidden[2] ?? '')];
  });
}

function block(line: number, info: string, content: string): Block {
  const [language = '', ...rest] = info.trim().split(/\s+/);
  const options = rest.filter((word) => word.includes('=')).map((word) => word.split('=', 2) as [string, string]);
  return {
    line,
    language,
    words: rest.filter((word) => !word.includes('=')),
    options: Object.fromEntries(options),
    content,
  };
}

/** Where the document's links lead, images included. */
export function linksOf(text: string): string[] {
  return markdown
    .parse(text, {})
    .flatMap((token) => token.children ?? [])
    .map((token) => String(token.attrGet('href') ?? token.attrGet('src') ?? ''))
    .filter((link) => link !== '');
}

/** Anchors that GitHub gives to the headings. */
export function anchorsOf(text: string): Set<string> {
  const tokens = markdown.parse(text, {});
  const seen = new Map<string, number>();
  const anchors = tokens.flatMap((token, at) => {
    if (token.type !== 'heading_open') return [];
    const words = (tokens[at + 1]?.children ?? []).map(({ content }) => content).join('');
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return [before === 0 ? slug : `${slug}-${before}`];
  });
  return new Set(anchors);
}
