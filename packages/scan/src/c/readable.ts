// SPDX-License-Identifier: GPL-2.0-or-later
/** What the grammar trips over, replaced by as many blanks: lines and columns stay what they are. */

const ANNOTATIONS =
  /\b__(maybe_unused|ro_after_init|read_mostly|initdata|initconst|refdata|randomize_layout|always_unused|must_check|init|exit|user|iomem|force|rcu)\b/g;
const OPENS = /^\s*#\s*if/;
const ELSE = /^\s*#\s*(else|elif)/;
const CLOSES = /^\s*#\s*endif/;
/** A member of an initializer, or nothing. */
const MEMBER = /^\s*(\.\w+\s*=\s*[^{]*,?|\/?\*.*|\/\/.*)?\s*$/;

export function readable(text: string): string {
  const lines = text.replaceAll(ANNOTATIONS, (word) => ' '.repeat(word.length)).split('\n');
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
  return lines.join('\n');
}
