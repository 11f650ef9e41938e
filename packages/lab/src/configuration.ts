// SPDX-License-Identifier: GPL-2.0-or-later
/** Fragments of configuration (`CONFIG_X=y`, `# CONFIG_X is not set`), laid over each other. */

const SET = /^(?:(CONFIG_\w+)=|# (CONFIG_\w+) is not set)/;

const symbolOf = (line: string): string | undefined => {
  const [, set, unset] = SET.exec(line) ?? [];
  return set ?? unset;
};

/** One text in which each symbol has the value of the last fragment that names it. */
export function mergeFragments(fragments: readonly string[]): string {
  const lines = new Map<string, string>();
  for (const line of fragments.join('\n').split('\n')) {
    const symbol = symbolOf(line);
    if (symbol === undefined) continue;
    lines.delete(symbol);
    lines.set(symbol, line.endsWith('=n') ? `# ${symbol} is not set` : line);
  }
  return `${[...lines.values()].join('\n')}\n`;
}
