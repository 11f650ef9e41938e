// SPDX-License-Identifier: GPL-2.0-or-later
/** What a reproducer's README says: how it is built and run, and what is to be seen. */
import type { Outcome } from '@specialbit/core';
import { errnoName } from '@specialbit/core';
import {
  joined,
  type Markdown,
  markdownCode,
  markdownFence,
  markdownFile,
  markdownRow,
  markdownRule,
  markdownText,
  md,
} from '@specialbit/view/escape';
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
  const lines = [md`# ${markdownText(header.title ?? 'A log of specialbit')}`, md``];
  for (const paragraph of header.description ?? []) lines.push(markdownText(paragraph), md``);
  lines.push(
    md`A reproducer, made by \`specialbit reproduce\` from \`log.jsonl\`. \`repro.c\` is a driver that does what the log has its driver do, \`play.c\` makes`,
    md`its system calls and accesses, and looks at what it can see after each. **It is for a machine that may crash.**`,
    md``,
    md`## To run it`,
    md``,
    ...markdownFence([
      'apt-get install linux-headers-$(uname -r) gcc make libc6-dev',
      'make',
      `insmod repro.ko${params === '' ? '' : ` ${params}`}`,
      './play',
    ]),
    md``,
  );
  if (bare || hole)
    lines.push(
      md`The driver maps memory without struct page. ${bare ? md`Boot with \`mem=\` less than the machine has (\`mem=768M\` of 1 GiB), and load with \`bare=\` the physical address behind it. ` : md``}${hole ? md`\`hole=\` is the same below the end of memory (\`memmap=128M$256M\` on x86). ` : md``}Addresses are multiples of 128 MiB there.`,
      md``,
    );
  lines.push(
    md`\`play\` prints TAP, and exits with 1 where something is not as expected. Linux 6.1 or later; root, for \`/proc/self/pagemap\` and the kernel's log.`,
    md`Which kernel it is told by the module; what a kernel between two of those below shows is expected as of the older one.`,
    md``,
  );
  const deadly = plan.steps.some(
    (step, i) =>
      made[i] && step.wants.some((want) => want !== null && (want.outcome.crash !== null || want.outcome.hang)),
  );
  if (deadly)
    lines.push(
      md`What kills the kernel, or never returns, is made with \`./play --fatal\` alone; without, the program goes on without it.`,
      md``,
    );
  lines.push(
    md`## What is to be seen`,
    md``,
    md`By the model of specialbit, which is held against real kernels:`,
    md``,
  );
  const columns = groups.representatives.map((_, group) => groups.names(group));
  const one = columns.length === 1;
  for (const [group, names] of columns.entries())
    lines.push(md`- ${markdownText(`${one ? 'everywhere' : letter(group)}: ${names.join(', ')}`)}`);
  const heads = ['event', '', ...(one ? [''] : columns.map((_, group) => letter(group)))].map(markdownText);
  lines.push(md``, markdownRow(heads), markdownRule('l'.repeat(heads.length)));
  for (const [i, step] of plan.steps.entries()) {
    if (!made[i]) continue;
    const cells = groups.representatives.map((lane) => {
      const want = step.wants[lane];
      return want === null || want === undefined ? md`not there` : answer(want.outcome);
    });
    lines.push(markdownRow([markdownText(step.played.numbers.join(', ')), markdownCode(shortText(step)), ...cells]));
  }
  const ends = pagesAtTheEnd(plan, groups);
  if (ends.length > 0)
    lines.push(
      md``,
      md`References and map counts of the pages of the driver at the end, without those that the module holds:`,
      md``,
      ...ends,
    );
  if (left.length > 0) {
    lines.push(
      md``,
      md`## What is left out`,
      md``,
      md`A module has exported symbols alone, and a program its system calls:`,
      md``,
    );
    for (const { number, type, why } of left) lines.push(md`- event ${number}, ${markdownText(`${type}: ${why}`)}`);
  }
  return markdownFile(lines);
}

const letter = (group: number): string =>
  String.fromCharCode(65 + (group % 26)) + (group >= 26 ? String(Math.floor(group / 26)) : '');

function answer({ crash, hang, signal, ret, value, mapped, messages }: Outcome): Markdown {
  const said = messages.map(({ text }) => markdownCode(text));
  const first =
    crash !== null
      ? md`**${markdownText(`${crash.kind}: ${crash.what} in ${crash.where}()`)}**`
      : hang
        ? md`**does not return**`
        : markdownText(answerText(signal, value, mapped, ret));
  return joined([first, ...said], '; ');
}

function answerText(signal: string | null, value: number | null, mapped: number, ret: number): string {
  if (signal !== null) return signal;
  if (value !== null) return `reads 0x${value.toString(16)}`;
  if (mapped >= 0) return 'mapped';
  return ret < 0 ? `-${errnoName(ret) ?? -ret}` : String(ret);
}

function pagesAtTheEnd({ steps }: Plan, groups: LaneGroups): Markdown[] {
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
  const row = (cells: readonly string[]): Markdown => markdownRow(cells.map(markdownText));
  return [
    row(['page', ...columns]),
    markdownRule('l'.repeat(columns.length + 1)),
    ...shown.map(([label, texts]) => row([label, ...texts])),
  ];
}
