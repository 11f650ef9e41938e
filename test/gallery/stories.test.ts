// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the gallery and the examples say, their logs expect: each sentence of a story has an expectation of its own (behind a
 * comment `# story 2`), or a reason why it has none (`untold`, or a comment `# untold 2: ...`); and an expectation that is changed
 * does not hold any more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import {
  API_CHANGES,
  createWorld,
  FEATURES,
  findProfile,
  judge,
  kernelOptions,
  LogReferenceError,
  laneOf,
  type Outcome,
  OutcomeRecord,
  Player,
  PROVEN_PROFILES,
  type Profile,
  withConfig,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { type Expect, parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const architectures: readonly Architecture[] = [...x86, ...nospecial, ...special];
const examples = join(root, 'examples');

interface Scenario {
  readonly id: string;
  readonly story?: readonly string[];
  readonly lanes?: readonly string[];
  /** Sentences that no expectation can say, by number, and why. */
  readonly untold?: Readonly<Record<string, string>>;
  readonly missing?: string;
}

interface Tale {
  readonly name: string;
  readonly text: string;
  readonly log: ReturnType<typeof parseLog>;
  /** `arm`, `x86_64@6.1`. */
  readonly lanes: readonly string[];
  readonly scenario: Scenario | undefined;
}

function taleOf(file: string, scenario?: Scenario): Tale {
  const text = readFileSync(file, 'utf8');
  const log = parseLog(text, { file });
  const name = scenario?.id ?? file.slice(examples.length + 1).replace('.jsonl', '');
  return { name, text, log, lanes: scenario?.lanes ?? log.header.arch ?? [], scenario };
}

const logsIn = (folder: string): string[] =>
  readdirSync(join(examples, folder))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(examples, folder, name));
const scenarios = readdirSync(join(examples, 'gallery'))
  .sort()
  .flatMap((name) => {
    const file = join(examples, 'gallery', name, 'scenario.json');
    const scenario = JSON.parse(readFileSync(file, 'utf8')) as Scenario;
    return scenario.missing === undefined ? [taleOf(join(dirname(file), 'events.jsonl'), scenario)] : [];
  });
const tales = [...scenarios, ...['', 'porting', 'claims'].flatMap(logsIn).map((file) => taleOf(file))];

/** The lanes of the log and its architectures on every proven kernel, each once. */
function lanesOf({ lanes, log }: Tale): { arch: Architecture; profile: Profile }[] {
  const found: { arch: Architecture; profile: Profile }[] = [];
  const add = (arch: Architecture, profile: Profile): void => {
    const of = withConfig(profile, log.header.config);
    if (!found.some((lane) => lane.arch === arch && lane.profile === of)) found.push({ arch, profile: of });
  };
  for (const lane of lanes) {
    const [name, kernel] = lane.split('@') as [string, string?];
    const arch = architectures.find((one) => one.name === name || one.aliases.includes(name))!;
    if (kernel !== undefined) add(arch, findProfile(kernel)!);
    for (const profile of PROVEN_PROFILES) add(arch, profile);
  }
  return found;
}

interface Asked {
  readonly event: Expect;
  /** Lanes that it is about. */
  readonly asked: readonly string[];
  readonly holds: boolean;
  /** Changed expectations that hold all the same. */
  readonly blunt: readonly string[];
}

/** Plays the log, and asks each of its expectations, as it is and changed. */
function ask(tale: Tale): Asked[] {
  const { header, events } = tale.log;
  const lanes = lanesOf(tale).map(({ arch, profile }) => {
    const options = laneOf(header, arch, profile);
    const player = new Player(kernelOptions(options), createWorld(options));
    return { player, name: `${arch.name}@${profile.name}`, outcomes: new OutcomeRecord() };
  });
  const asked: Asked[] = [];
  for (const [i, event] of events.entries()) {
    if (event.type === 'expect') {
      const now = lanes.map(({ player, name, outcomes }) => ({ name, kernel: player.kernel, outcomes }));
      const judgement = judge(event, now);
      const blunt = changed(event).filter((other) => now.some((lane) => held(other, lane)));
      asked.push({ event, asked: judgement.asked, holds: judgement.holds, blunt: blunt.map((e) => JSON.stringify(e)) });
      continue;
    }
    for (const { player, outcomes } of lanes)
      outcomes.note(
        i + 1,
        outcomeOf(() => player.step(event)),
      );
  }
  return asked;
}

function held(event: Expect, lane: Parameters<typeof judge>[1][number]): boolean {
  const { asked, holds } = judge(event, [lane]);
  return asked.length > 0 && holds;
}

function outcomeOf(step: () => Outcome): Outcome | null {
  try {
    return step();
  } catch (error) {
    if (error instanceof LogReferenceError) return null;
    throw error;
  }
}

const OTHER: Readonly<Record<string, (value: never) => unknown>> = {
  ret: (ret: string) => (ret === '-EPERM' ? '-EIO' : '-EPERM'),
  signal: (signal: string) => (signal === 'none' ? 'SIGSEGV' : 'none'),
  crash: (crash: string) => (crash === 'none' ? 'anything' : 'none'),
  messages: (messages: readonly string[]) => (messages.length === 0 ? ['anything'] : []),
  calls: (calls: Readonly<Record<string, number>>) => mapped(calls, (n) => n + 1),
  pte: (pte: string) => (pte === 'none' ? 'P????' : 'none'),
  raw: (raw: string) => (raw === '0' ? '1' : '0'),
  reason: (reason: string) => (reason === 'access_vm_unmapped' ? 'remap_anon' : 'access_vm_unmapped'),
  level: (level: string) => (level === 'pte' ? 'pmd' : 'pte'),
  normal: (normal: string) => (normal === 'page' ? 'NULL' : 'page'),
  maps: (maps: string) => `${maps.replace('*', '')}_other`,
  vma: (vma: boolean) => !vma,
  pages: (pages: number) => pages + 1,
  vm_pgoff: () => ({ pfn: 1 }),
  count: (count: number) => count + 1,
  mapcount: (mapcount: number) => mapcount + 1,
  rss: (rss: Readonly<Record<string, number>>) => mapped(rss, (n) => n + 1),
  folio: (folio: Readonly<Record<string, number>>) => mapped(folio, (n) => n + 1),
  smaps: (smaps: Readonly<Record<string, number>>) => mapped(smaps, (n) => n + 1),
  kpagecount: (kpagecount: number) => kpagecount + 1,
  mmap_exclusive: (exclusive: boolean) => !exclusive,
};
const SUBJECT = new Set(['type', 'mm', 'on', 'quantifier', 'event', 'at', 'frame']);

function mapped(record: Readonly<Record<string, number>>, to: (n: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(record).map(([key, n]) => [key, to(n)]));
}

/** The expectation with each of its members changed in turn, and nothing else asked. */
function changed(event: Expect): Expect[] {
  const subject = Object.fromEntries(Object.entries(event).filter(([member]) => SUBJECT.has(member)));
  return Object.entries(event).flatMap(([member, value]): Expect[] => {
    if (SUBJECT.has(member)) return [];
    // flags that must be there must not be missing, and the other way round
    if (member === 'vm_flags') return [{ ...subject, no_vm_flags: value } as unknown as Expect];
    if (member === 'no_vm_flags') return [{ ...subject, vm_flags: value } as unknown as Expect];
    const other = OTHER[member];
    if (other === undefined) throw new Error(`no other value of ${member}`);
    return [{ ...subject, [member]: other(value as never) } as unknown as Expect];
  });
}

const asked = new Map(tales.map((tale) => [tale, ask(tale)]));

describe.each(tales)('$name', (tale) => {
  const expectations = asked.get(tale)!;

  it('expects something of each of its architectures', () => {
    for (const lane of tale.lanes) {
      const arch = `${lane.split('@')[0]}@`;
      const about = expectations.filter((one) => one.asked.some((name) => name.startsWith(arch)));
      expect(about.length, lane).toBeGreaterThanOrEqual(2);
    }
  });

  it('expects what is so, and asks nothing in vain', () => {
    expect(expectations.filter(({ holds }) => !holds).map(({ event }) => event)).toEqual([]);
    expect(expectations.filter((one) => one.asked.length === 0).map(({ event }) => event)).toEqual([]);
  });

  it('expects nothing that would hold if it were changed', () => {
    expect(expectations.flatMap(({ blunt }) => blunt)).toEqual([]);
  });
});

/** Sentences that a comment of the log names before an expectation (`# story 2, 3`). */
function toldBy(text: string): number[] {
  const told = new Set<number>();
  const lines = text.trimEnd().split('\n');
  for (const [i, line] of lines.entries()) {
    const numbers = /^# story ([\d, ]+)$/.exec(line)?.[1];
    if (numbers === undefined) continue;
    expect(lines[i + 1], line).toContain('"type":"expect"');
    for (const number of numbers.split(',')) told.add(Number(number));
  }
  return [...told].sort((a, b) => a - b);
}

describe.each(scenarios)('the story of $name', (tale) => {
  const { story = [], untold = {} } = tale.scenario!;

  it('has an expectation for each sentence that the model can say', () => {
    const sentences = story.map((_, i) => i + 1);
    expect(toldBy(tale.text)).toEqual(sentences.filter((number) => untold[String(number)] === undefined));
  });
});

describe.each(logsIn('').map((file) => taleOf(file)))('the description of $name', ({ text, log }) => {
  it('has an expectation for each sentence, or a reason why it has none', () => {
    const sentences = (log.header.description ?? []).join(' ').split(/(?<=[.!?])\s+/);
    const untold = [...text.matchAll(/^# untold (\d+): .+$/gm)].map(([, number]) => Number(number));
    const told = toldBy(text);
    expect(told.filter((number) => untold.includes(number))).toEqual([]);
    expect([...told, ...untold].sort((a, b) => a - b)).toEqual(sentences.map((_, i) => i + 1));
  });
});

describe('selectors', () => {
  const known = new Set<string>(['pte_devmap', 'soft_dirty', 'uffd_wp', 'huge_pfnmap']);
  for (const { name } of [...Object.values(FEATURES), ...API_CHANGES]) known.add(name);
  for (const arch of architectures) for (const { name } of arch.changedBy) known.add(name);

  it('name features that exist', () => {
    for (const tale of tales) {
      for (const [, name] of tale.text.matchAll(/feature:([a-z0-9_]+)/g)) expect(known, tale.name).toContain(name);
    }
  });
});
