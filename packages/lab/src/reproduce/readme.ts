// SPDX-License-Identifier: GPL-2.0-or-later
/** What a reproducer's README says: how it is built and run, and what is to be seen. */
import type { Outcome } from '@specialbit/core';
import { errnoName } from '@specialbit/core';
import type { FrameRun } from './frames.js';
import type { LaneGroups } from './lane-groups.js';
import type { Plan } from './plan.js';
import { shortText } from './program-source.js';

export interface LeftOut {
  readonly number: number;
  readonly type: string;
  readonly why: string;
}

export function readmeText(
  plan: Plan,
  groups: LaneGroups,
  left: readonly LeftOut[],
  runs: readonly FrameRun[],
  made: readonly boolean[],
): string {
  const { header } = plan;
  const bare = runs.some(({ kind }) => kind === 'bare');
  const hole = runs.some(({ kind }) => kind === 'hole');
  const params = [...(bare ? ['bare=0x30000000'] : []), ...(hole ? ['hole=0x10000000'] : [])].join(' ');
  const lines = [`# ${header.title ?? 'A log of specialbit'}`, ''];
  for (const paragraph of header.description ?? []) lines.push(paragraph, '');
  lines.push(
    'A reproducer, made by `specialbit reproduce` from `log.jsonl`. `repro.c` is a driver that does what the log has its driver do, `play.c` makes',
    'its system calls and accesses, and looks at what it can see after each. **It is for a machine that may crash.**',
    '',
    '## To run it',
    '',
    '```',
    'apt-get install linux-headers-$(uname -r) gcc make libc6-dev',
    'make',
    `insmod repro.ko${params === '' ? '' : ` ${params}`}`,
    './play',
    '```',
    '',
  );
  if (bare || hole)
    lines.push(
      `The driver maps memory without struct page. ${bare ? 'Boot with `mem=` less than the machine has (`mem=768M` of 1 GiB), and load with `bare=` the physical address behind it. ' : ''}${hole ? '`hole=` is the same below the end of memory (`memmap=128M$256M` on x86). ' : ''}Addresses are multiples of 128 MiB there.`,
      '',
    );
  lines.push(
    "`play` prints TAP, and exits with 1 where something is not as expected. Linux 6.1 or later; root, for `/proc/self/pagemap` and the kernel's log.",
    'Which kernel it is told by the module; what a kernel between two of those below shows is expected as of the older one.',
    '',
  );
  const deadly = plan.steps.some(
    (step, i) =>
      made[i] && step.wants.some((want) => want !== null && (want.outcome.crash !== null || want.outcome.hang)),
  );
  if (deadly)
    lines.push(
      'What kills the kernel, or never returns, is made with `./play --fatal` alone; without, the program goes on without it.',
      '',
    );
  lines.push('## What is to be seen', '', 'By the model of specialbit, which is held against real kernels:', '');
  const columns = groups.representatives.map((_, group) => groups.names(group));
  for (const [group, names] of columns.entries())
    lines.push(`- ${columns.length === 1 ? 'everywhere' : letter(group)}: ${names.join(', ')}`);
  lines.push(
    '',
    `| event | |${columns.length === 1 ? '' : columns.map((_, group) => ` ${letter(group)} |`).join('')}${columns.length === 1 ? ' |' : ''}`,
  );
  lines.push(`| --- | --- |${columns.map(() => ' --- |').join('')}`);
  if (columns.length === 1) lines[lines.length - 2] = '| event | | |';
  for (const [i, step] of plan.steps.entries()) {
    if (!made[i]) continue;
    const cells = groups.representatives.map((lane) => {
      const want = step.wants[lane];
      return want === null || want === undefined ? 'not there' : answer(want.outcome);
    });
    lines.push(`| ${step.played.numbers.join(', ')} | \`${shortText(step)}\` | ${cells.join(' | ')} |`);
  }
  const ends = pagesAtTheEnd(plan, groups);
  if (ends.length > 0)
    lines.push(
      '',
      'References and map counts of the pages of the driver at the end, without those that the module holds:',
      '',
      ...ends,
    );
  if (left.length > 0) {
    lines.push(
      '',
      '## What is left out',
      '',
      'A module has exported symbols alone, and a program its system calls:',
      '',
    );
    for (const { number, type, why } of left) lines.push(`- event ${number}, ${type}: ${why}`);
  }
  return `${lines.join('\n')}\n`;
}

const letter = (group: number): string =>
  String.fromCharCode(65 + (group % 26)) + (group >= 26 ? String(Math.floor(group / 26)) : '');

function answer({ crash, hang, signal, ret, value, mapped, messages }: Outcome): string {
  const said = messages.map(({ text }) => `\`${text.replaceAll('|', '\\|')}\``);
  const first =
    crash !== null
      ? `**${crash.kind}: ${crash.what.replaceAll('|', '\\|')} in ${crash.where}()**`
      : hang
        ? '**does not return**'
        : signal !== null
          ? signal
          : value !== null
            ? `reads 0x${value.toString(16)}`
            : mapped >= 0
              ? 'mapped'
              : ret < 0
                ? `-${errnoName(ret) ?? -ret}`
                : String(ret);
  return [first, ...said].join('; ');
}

function pagesAtTheEnd({ steps }: Plan, groups: LaneGroups): string[] {
  const rows = new Map<string, string[]>();
  for (const [group, lane] of groups.representatives.entries()) {
    const last = steps.findLast((step) => step.wants[lane] !== null)?.wants[lane];
    for (const [label, text] of last?.frames ?? []) {
      const row = rows.get(label) ?? groups.representatives.map(() => '-');
      row[group] = text;
      rows.set(label, row);
    }
  }
  const shown = [...rows].filter(([, texts]) =>
    texts.some((text) => !['count 1, mapcount 0', 'count 1', '-'].includes(text)),
  );
  if (shown.length === 0) return [];
  const columns = groups.representatives.map((_, group) => (groups.representatives.length === 1 ? '' : letter(group)));
  return [
    `| page | ${columns.join(' | ')} |`,
    `| --- |${columns.map(() => ' --- |').join('')}`,
    ...shown.map(([label, texts]) => `| ${label} | ${texts.join(' | ')} |`),
  ];
}
