// SPDX-License-Identifier: GPL-2.0-or-later
import { Comparison } from '@specialbit/core';
import { compareStep, laneRows, worldView } from '@specialbit/view';
import { expect, test } from 'vitest';
import { historiesOf } from '../time/histories.js';

import { LINEAR_RULE, loadText } from '../time/small-log.testkit.js';

import { markdownLines } from './markdown.js';

function report(text: string, title: string, file = 'test.jsonl'): string[] {
  const log = loadText(text, file);
  const lanes = historiesOf(log, {}).map(({ name, lane }) => ({ name, options: lane }));
  const comparison = new Comparison(lanes);
  for (const numbered of log.events) compareStep(comparison, file, numbered);
  const rows = laneRows(comparison.kernels.map((k) => worldView(k, log.events.length)));
  return markdownLines({ file, title, profile: 'linux-6.12', comparison, rows });
}

test('A report has the verdict, every root, and what differs at the end', () => {
  const text = report(LINEAR_RULE, 'The linear rule').join('\n');
  expect(text).toMatch(
    /^# Divergence report: The linear rule\n\n- log: `test.jsonl`, 5 events\n- lanes: `x86_64`, `arm`/,
  );
  expect(text).toContain('**lanes first part at event 3:');
  expect(text).toContain('## 1. Event 3');
  expect(text).toContain('| map[1] vm_normal_page | a page | NULL         |');
  expect(text).toContain('## What differs at the end');
});

test('Whatever a log is called, no line is longer than 78 columns', () => {
  const names = ['x'.repeat(300), 'word '.repeat(60), 'a*b `c` <d> __e__ |f|', '# 1. - + >', ''];
  for (const name of names) {
    const lines = report(LINEAR_RULE, name, name === '' ? '-' : name);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(78);
    expect(lines[0]).toMatch(/^# Divergence report/);
    expect(lines[1]).toBe('');
  }
});

test('No link, image, entity or fence comes out of a name', () => {
  const [title] = report(LINEAR_RULE, '[a](javascript:b) ![c](d) [e][f] &lt; map[1]');
  expect(title).toBe('# Divergence report: [a]\\(javascript:b) ![c]\\(d) [e]\\[f] \\&lt; map[1]');
  const log = `{"specialbit":1,"arch":["x86_64","arm"],"files":{"\`\`\` \`\`\`\`":"device"}}
{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"\`\`\` \`\`\`\`","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","frame":"P0"}]}
`;
  const text = report(log, 'x').join('\n');
  expect(text).toContain('\n`````\nmmap a');
});

test('What would be markup is not', () => {
  const [title] = report(LINEAR_RULE, 'a*b `c` <d> __e__');
  expect(title).toBe('# Divergence report: a\\*b \\`c\\` \\<d> \\_\\_e__');
});
