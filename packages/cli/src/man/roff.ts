// SPDX-License-Identifier: GPL-2.0-or-later
/** Text as man(7) has it: what a formatter would take for a request, a hyphen or a quote of typesetters is escaped. */

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '~': '\\(ti',
  '^': '\\(ha',
  '"': '\\(dq',
};

/** One line of text, or a part of one. Dashes stay what one types. */
export function roff(text: string): string {
  const escaped = text.replace(/[\\\-'`~^"]/g, (character) => ESCAPES[character]!);
  return escaped.replace(/^\./, '\\&.');
}

export const bold = (text: string): string => `\\fB${roff(text)}\\fR`;

/** What stands for something: `<names>` as names, slanted. */
export function term(flags: string): string {
  return flags
    .split(/(<[^>]+>|\[[^\]]+\])/)
    .filter((part) => part !== '')
    .map((part) => {
      const [, open, name] = /^([<[])(.*)[>\]]$/.exec(part) ?? [];
      if (name === undefined) return part.replace(/[^\s,|]+/g, bold);
      return open === '<' ? `\\fI${roff(name)}\\fR` : `[\\fI${roff(name)}\\fR]`;
    })
    .join('');
}

/** Words from the help, where lines are as long as they are. */
export function paragraph(lines: readonly string[]): string {
  return `${lines.map((line) => roff(line.trim())).join('\n')}\n`;
}

/** Lines that stay as they are. */
export function verbatim(lines: readonly string[]): string {
  const own = lines.map((line) => roff(line.trimEnd().replace(/^ {2}/, '')));
  return `.RS 4\n.nf\n${own.join('\n')}\n.fi\n.RE\n`;
}

/** A term and what it means. */
export function entry(head: string, text: string): string {
  return `.TP\n${head}\n${roff(text)}\n`;
}
