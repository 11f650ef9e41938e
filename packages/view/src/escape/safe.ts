// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Texts of which no word is an input's as it stands. What writes a medium takes nothing else, so that a title, a name or a
 * line of a log that goes around the escapes is no program that compiles. Types alone: a text is a text.
 */

declare const medium: unique symbol;

/** For a terminal: nothing of it steers but what this program made. */
export type Shown = string & { readonly [medium]: 'terminal' };
/** Markdown: of texts of inputs nothing is markup. */
export type Markdown = string & { readonly [medium]: 'markdown' };
/** HTML, SVG and XML, likewise. */
export type Markup = string & { readonly [medium]: 'markup' };

/** Markdown with the program's own words around parts that are Markdown already: a text as such does not compile. */
export function md(words: TemplateStringsArray, ...parts: readonly (Markdown | number)[]): Markdown {
  return words.map((text, i) => `${text}${parts[i] ?? ''}`).join('') as Markdown;
}

/** The same of HTML, SVG and XML. */
export function markup(words: TemplateStringsArray, ...parts: readonly (Markup | number)[]): Markup {
  return words.map((text, i) => `${text}${parts[i] ?? ''}`).join('') as Markup;
}

/** One behind the other. `between` is the program's own. */
export function joined<S extends Markdown | Markup>(parts: readonly S[], between = ''): S {
  return parts.join(between) as S;
}

/** The same words in other lines: `lines` is to break them, and nothing else. */
export function reflowed<S extends Markdown | Markup>(text: S, lines: (text: string) => readonly string[]): S[] {
  return lines(text) as S[];
}

/** Words of this program that are Markdown: of the catalogue of errors, of verdicts. Who says so of a text is on a list (test/house). */
export const ownMarkdown = (text: string): Markdown => text as Markdown;

/** The same of markup: styles, scripts and links that this program made. */
export const ownMarkup = (text: string): Markup => text as Markup;

/** A file of lines. */
export function markdownFile(lines: readonly Markdown[]): string {
  return `${lines.join('\n')}\n`;
}
