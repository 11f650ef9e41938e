// SPDX-License-Identifier: GPL-2.0-or-later
/** The table and the picture of docs/implications.md, and the verdicts of docs/claims.md, against what the model does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decision } from '@specialbit/core';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const page = readFileSync(join(root, 'docs/implications.md'), 'utf8');
const claims = readFileSync(join(root, 'docs/claims.md'), 'utf8');
const LOG = 'examples/implications.jsonl';

interface World {
  readonly processes: readonly {
    readonly vmas: readonly {
      readonly label: string;
      readonly flags: string;
      readonly ptes: readonly { readonly at: string; readonly frame: string; readonly verdict: string }[];
    }[];
  }[];
  readonly frames: readonly {
    readonly label: string;
    readonly valid: boolean;
    readonly count: number;
    readonly mapcount: number;
  }[];
}

async function replayed(arch: string): Promise<{ world: World; pins: Map<string, string> }> {
  const { out } = await specialbit(['replay', '--json', LOG, '--lane', arch]);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const pins = new Map<string, string>();
  for (const { event, lanes } of lines) {
    if (event?.type === 'pin_user_pages') pins.set(event.at.replace(/\[0\]$/, ''), lanes[arch].returned.split(' ')[0]);
  }
  return { world: lines.at(-1).worlds[0], pins };
}

const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z]+` \|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );

describe('the table of implications', async () => {
  const [withBit, without] = [await replayed('x86_64'), await replayed('arm')];
  const found = ({ world }: typeof withBit, name: string) => {
    const vma = world.processes[0]!.vmas.find(({ label }) => label === name)!;
    const pte = vma.ptes.find(({ at }) => at === `${name}[0]`)!;
    return { vma, pte, frame: world.frames.find(({ label }) => label === pte.frame)! };
  };

  it('has a row for each mapping of the log', () => {
    expect(rows.map(([name]) => name).sort()).toEqual(
      withBit.world.processes[0]!.vmas.map(({ label }) => label).sort(),
    );
  });

  it.each(rows)('%s, brought by %s', (name, _, flags, maps, bit, guess, counted, pin) => {
    const [a, b] = [found(withBit, name!), found(without, name!)];
    for (const { vma } of [a, b]) {
      for (const flag of ['VM_PFNMAP', 'VM_MIXEDMAP']) expect(vma.flags.includes(flag), flag).toBe(flags === flag);
    }
    expect([a.pte.frame, b.pte.frame]).toEqual([maps, maps]);
    expect([a.pte.verdict, b.pte.verdict]).toEqual([bit, guess]);
    const counts = [a, b].map(({ frame }) => frame.valid && frame.mapcount === 1);
    expect(counts).toEqual({ never: [false, false], always: [true, true], 'without the bit': [false, true] }[counted!]);
    const pins = [withBit.pins.get(name!)!, without.pins.get(name!)!];
    expect(pins[0] === pins[1] ? pins[0] : `${pins[0]} with, ${pins[1]} without`).toBe(pin);
  });
});

describe('the picture of implications', () => {
  it('ends in the decisions of PTEs, and has all of them', () => {
    const ends = [...page.matchAll(/\(\[(NULL|bad|a page): ([a-z_]+)\]\)/g)].map(([, verdict, name]) => {
      if (verdict === 'NULL') return `null_${name}`;
      return verdict === 'bad' || name === 'normal' ? name! : `normal_${name}`;
    });
    const others = /huge|pmd|devmap|find_special|beyond_memmap|cow_anon|cow_invalid|cow_not_anon/;
    const decisions = Object.keys(Decision).filter((name) => Number.isNaN(Number(name)) && !others.test(name));
    expect(ends.sort()).toEqual(decisions.sort());
  });
});

describe('the claims', () => {
  const logs = readdirSync(join(root, 'examples/claims')).sort();

  it('have a log and a section each, and a verdict that the section repeats', () => {
    expect(logs.map((name) => name[0]).join('')).toBe('abcdefghij');
    for (const log of logs) {
      const section = claims.split(`\n## ${log[0]}\n`)[1]!.split('\n## ')[0]!;
      expect(section, log).toContain(`../examples/claims/${log}`);
      const verdict = new RegExp(`^\\| \\[${log[0]}\\].*\\| ([a-z]+)`, 'm').exec(claims)![1]!;
      if (verdict !== 'the') expect(section.toLowerCase(), log).toContain(`**${verdict}`);
    }
  });

  it('hold on every architecture and every proven kernel', async () => {
    const { out } = await specialbit(['arch', 'list', '--json']);
    const architectures = (JSON.parse(out) as unknown[]).length;
    const { out: json } = await specialbit([
      'verify',
      'examples/claims',
      LOG,
      '--lane',
      'all',
      '--kernel',
      'all',
      '--json',
    ]);
    for (const log of (JSON.parse(json) as { logs: { lanes: number; asked: number; met: number; idle: number }[] })
      .logs) {
      expect(log).toMatchObject({ lanes: architectures * 4, met: log.asked, idle: 0 });
    }
  });
});
