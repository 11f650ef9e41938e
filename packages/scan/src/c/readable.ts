// SPDX-License-Identifier: GPL-2.0-or-later
/** What the grammar trips over, replaced by as many blanks: lines and columns stay what they are. */

const ANNOTATIONS =
  /\b__(maybe_unused|ro_after_init|read_mostly|initdata|initconst|refdata|randomize_layout|always_unused|must_check|init|exit|user|iomem|force|rcu)\b/g;
/** A variable without a type, as of C23. */
const AUTO = /\bauto(?= +\*?\w+ *=)/g;
const OPENS = /^\s*#\s*if/;
const ELSE = /^\s*#\s*(else|elif)/;
const CLOSES = /^\s*#\s*endif/;
const DIRECTIVE = /^\s*#\s*(if|else|elif|endif)/;
/** A member of an initializer, or nothing. */
const MEMBER = /^\s*(\.\w+\s*=\s*[^{]*,?|\/?\*.*|\/\/.*)?\s*$/;

export function readable(text: string): string {
  const lines = text
    .replaceAll(ANNOTATIONS, (word) => ' '.repeat(word.length))
    .replaceAll(AUTO, 'int ')
    .split('\n');
  // #if within an initializer: both sides of it are members
  for (let i = 0; i < lines.length; i++) {
    if (!OPENS.test(lines[i]!)) continue;
    const directives = [i];
    let at = i + 1;
    while (at < lines.length && (MEMBER.test(lines[at]!) || ELSE.test(lines[at]!))) {
      if (ELSE.test(lines[at]!)) directives.push(at);
      at++;
    }
    const hasMember = lines.slice(i, at).some((line) => /^\s*\.\w+\s*=/.test(line));
    if (at >= lines.length || !CLOSES.test(lines[at]!) || !hasMember) continue;
    for (const line of [...directives, at]) lines[line] = ' '.repeat(lines[line]!.length);
  }
  for (let i = 0; i < lines.length; i++) if (OPENS.test(lines[i]!)) oneSide(lines, i);
  return lines.join('\n');
}

/** Both sides of an #if open the same block, which is closed once behind it: of the two the first goes. */
function oneSide(lines: string[], open: number): void {
  const middle = next(lines, open + 1);
  const end = middle === undefined || !ELSE.test(lines[middle]!) ? undefined : next(lines, middle + 1);
  if (middle === undefined || end === undefined || !CLOSES.test(lines[end]!)) return;
  const first = depth(lines.slice(open + 1, middle));
  if (first === 0 || first !== depth(lines.slice(middle + 1, end))) return;
  for (let at = open; at <= middle; at++) lines[at] = ' '.repeat(lines[at]!.length);
  lines[end] = ' '.repeat(lines[end]!.length);
}

/** The next directive of a condition; undefined where another one begins before. */
function next(lines: readonly string[], from: number): number | undefined {
  const at = lines.findIndex((line, i) => i >= from && DIRECTIVE.test(line));
  return at === -1 || OPENS.test(lines[at]!) ? undefined : at;
}

const depth = (lines: readonly string[]): number => {
  const text = lines.join('\n');
  return text.split('{').length - text.split('}').length;
};
