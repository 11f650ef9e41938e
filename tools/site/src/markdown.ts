// SPDX-License-Identifier: GPL-2.0-or-later
/** A document as a page: its HTML, its headings, and what the search finds of it. */
import { posix } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';
import type { Resolve } from './links.js';
import { type Entry, type Heading, html, type Page, slug } from './page.js';

/** The rows of a table of more are found one by one. */
const LONG_TABLE = 12;
/** No more of a section is searched. */
const MOST = 4000;

export interface MarkdownOptions {
  readonly path: string;
  readonly label?: string;
  readonly resolve: Resolve;
  /** The viewer with a log that stands in the document; null where it is none. */
  readonly play: (log: string) => Promise<string | null>;
  /** Told of each picture: its path as the document has it. */
  readonly picture?: (href: string) => void;
}

export async function markdownPage(text: string, options: MarkdownOptions): Promise<Page> {
  const marked = new Marked({ gfm: true });
  const tokens = marked.lexer(text);
  const first = tokens.findIndex((token) => token.type === 'heading' && token.depth === 1);
  const title = first === -1 ? options.path : plain((tokens[first] as Tokens.Heading).tokens);
  if (first !== -1) tokens.splice(first, 1);

  const outline: Heading[] = [];
  const ids = new Map<Token, string>();
  const taken = new Set<string>();
  for (const token of tokens) {
    if (token.type !== 'heading') continue;
    const heading = token as Tokens.Heading;
    const words = plain(heading.tokens);
    const id = slug(words, taken);
    ids.set(token, id);
    outline.push({ level: heading.depth, id, text: words });
  }
  const logs = new Map<Token, boolean>();
  const played = new Map<Token, string>();
  await Promise.all(
    marked.walkTokens(tokens, async (token) => {
      if (token.type === 'link') {
        const target = await options.resolve(token.href as string);
        token.href = target.href;
        logs.set(token, target.log);
      } else if (token.type === 'image') {
        options.picture?.(token.href as string);
        token.href = `${'../'.repeat(options.path.split('/').length - 1)}pictures/${posix.basename(token.href as string)}`;
      } else if (token.type === 'code') {
        const link = await options.play(token.text as string);
        if (link !== null) played.set(token, link);
      }
    }),
  );
  marked.use({
    renderer: {
      heading(token) {
        const id = ids.get(token) ?? '';
        const inner = this.parser.parseInline(token.tokens);
        return `<h${token.depth} id="${id}">${inner} <a class="anchor" href="#${id}" aria-label="Link to ${html(plain(token.tokens))}">#</a></h${token.depth}>\n`;
      },
      link(token) {
        const log = logs.get(token) === true ? ' data-log' : '';
        return `<a href="${html(token.href)}"${log}>${this.parser.parseInline(token.tokens)}</a>`;
      },
      table(token) {
        const cells = (row: Tokens.TableCell[], tag: string): string =>
          row
            .map(({ tokens: inner, text: words }) => {
              // a column of links has no name
              const [open, close] = words.trim() === '' ? ['td', 'td'] : [tag, tag.split(' ')[0]];
              return `<${open}>${this.parser.parseInline(inner)}</${close}>`;
            })
            .join('');
        const head = token.header.some(({ text: words }) => words.trim() !== '')
          ? `<thead><tr>${cells(token.header, 'th scope="col"')}</tr></thead>`
          : '';
        const body = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="scrolls"><table>${head}<tbody>\n${body}\n</tbody></table></div>\n`;
      },
      code(token) {
        const link = played.get(token);
        const button = link === undefined ? '' : `<a class="play" href="${html(link)}" data-log>Play this log</a>\n`;
        return `${codeBlock(token.text, token.lang)}${button}`;
      },
      html: ({ text: words }) => html(words),
    },
  });
  return {
    path: options.path,
    title,
    ...(options.label === undefined ? {} : { label: options.label }),
    html: marked.parser(tokens),
    outline: outline.filter(({ level }) => level <= 3),
    entries: entriesOf(tokens, title, ids),
  };
}

/** A command is told from what it prints. */
export function codeBlock(text: string, language: string | undefined): string {
  if (language !== 'console') return `<pre class="scrolls"><code>${html(text)}</code></pre>\n`;
  const lines = text.split('\n').map((line, i, all) => {
    const command = line.startsWith('$ ') || (i > 0 && all[i - 1]!.endsWith('\\'));
    return command ? `<b>${html(line)}</b>` : html(line);
  });
  return `<pre class="scrolls console"><code>${lines.join('\n')}</code></pre>\n`;
}

/** What is read of a token, without marks. */
function plain(tokens: readonly Token[] | undefined): string {
  return (tokens ?? [])
    .map((token): string => {
      if ('tokens' in token && token.tokens !== undefined) return plain(token.tokens);
      return 'text' in token ? unescaped(String(token.text)) : token.type === 'br' ? ' ' : '';
    })
    .join('');
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

function entriesOf(tokens: readonly Token[], title: string, ids: ReadonlyMap<Token, string>): Entry[] {
  const entries: Entry[] = [];
  let [anchor, heading, text] = ['', title, ''];
  const end = (): void => {
    if (text.trim() !== '') entries.push({ anchor, heading, text: text.replace(/\s+/g, ' ').trim().slice(0, MOST) });
    text = '';
  };
  for (const token of tokens) {
    if (token.type === 'heading') {
      end();
      [anchor, heading] = [ids.get(token) ?? '', plain((token as Tokens.Heading).tokens)];
      text = `${heading}. `;
    } else if (token.type === 'table' && (token as Tokens.Table).rows.length > LONG_TABLE) {
      for (const row of (token as Tokens.Table).rows) {
        const words = row.map((cell) => plain(cell.tokens)).filter((cell) => cell !== '' && cell !== 'log');
        entries.push({ anchor, heading, text: words.join(' | ') });
      }
    } else if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      text += [header, ...rows].map((row) => row.map((cell) => plain(cell.tokens)).join(' | ')).join(' ');
    } else if (token.type === 'list') {
      text += (token as Tokens.List).items.map((item) => plain(item.tokens)).join(' ');
    } else if (token.type === 'code') text += ` ${(token as Tokens.Code).text} `;
    else text += `${plain([token])} `;
  }
  end();
  return entries;
}
