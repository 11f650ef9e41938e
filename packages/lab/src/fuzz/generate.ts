// SPDX-License-Identifier: GPL-2.0-or-later
/** Random scenarios in the laboratory's language: mappings of every kind, and what processes and drivers do with them. */

import type { Random } from './random.js';
import { wideScenario } from './wide.js';

interface Mapping {
  readonly mm: number;
  readonly v: number;
  readonly n: number;
  readonly dev: boolean;
}

const SLOTS = [0, 1, 2, 4];
const FRAMES = ['P0', 'P1', 'P3', 'P6', 'R0', 'R2', 'D0', 'D4', 'D9', 'Z'];
const PROTS = ['rw', 'rw', 'rw', 'r', 'none'];
const ADVICE = [
  'dontneed',
  'dontneed',
  'free',
  'cold',
  'willneed',
  'dontfork',
  'dofork',
  'populate_read',
  'populate_write',
  'remove',
];

/** The lines of one scenario, without the one that begins it: of this kind, or twice as often of the wide one. */
export function randomScenario(random: Random, steps: number): string[] {
  return random.chance(33) ? plainScenario(random, steps) : wideScenario(random, steps);
}

function plainScenario(random: Random, steps: number): string[] {
  const mappings: Mapping[] = [];
  const alive = [0];
  const lines: string[] = [];
  while (lines.length < steps) {
    const known = mappings.filter(({ mm }) => alive.includes(mm));
    if (known.length === 0 || random.chance(15)) {
      lines.push(map(random, random.of(alive), mappings));
      continue;
    }
    const mapping = random.of(known);
    lines.push(
      random.chance(45) && mapping.dev ? driverOp(random, mapping) : processOp(random, mapping, mappings, alive),
    );
  }
  return lines;
}

function map(random: Random, mm: number, mappings: Mapping[]): string {
  const v = random.of(SLOTS);
  const n = 1 + random.below(4);
  const file = random.of(['dev', 'dev', 'dev', 'anon', 'tmp0', 'tmp1']);
  const dev = file === 'dev';
  for (let i = mappings.length - 1; i >= 0; i--)
    if (mappings[i]!.mm === mm && mappings[i]!.v === v) mappings.splice(i, 1);
  mappings.push({ mm, v, n, dev });
  const share = file === 'anon' ? 'p' : random.of(['s', 'p']);
  const words = [`mmap mm=${mm} v=${v} p=0 n=${n} prot=${random.of(PROTS)} share=${share} file=${file}`];
  if (file !== 'anon') words.push(`pgoff=${random.below(4)}`);
  if (dev && random.chance(50))
    words.push(`fault=${random.of(['page:P0', 'pfn:D0', 'pfn:P0', 'mixed:P2', 'mixed:D2', 'mixedw:P4', 'sigbus'])}`);
  if (dev && random.chance(20)) words.push(`mkw=${random.of(['pfn', 'page', 'both'])}`);
  if (dev && random.chance(50)) {
    const flags = random.of(['MIXEDMAP', 'PFNMAP', 'MIXEDMAP|IO', 'PFNMAP|DONTEXPAND']);
    words.push(
      `pre=${random.chance(60) ? `flags;set=${flags}` : `${random.of(['remap', 'insert_page', 'iomap'])};p=0;frame=${random.of(FRAMES)};n=1`}`,
    );
  }
  return words.join(' ');
}

function driverOp(random: Random, { mm, v, n }: Mapping): string {
  const p = random.below(n);
  const name = random.of(
    'insert_page insert_pfn insert_mixed insert_mixed_mkwrite remap map_pages zap flags setpte clrpte unmap_range insert_pages'.split(
      ' ',
    ),
  );
  const at = `mm=${mm} v=${v} p=${p}`;
  const frame = `frame=${random.of(FRAMES)}`;
  switch (name) {
    case 'flags':
      return `flags ${at} ${random.of(['set=MIXEDMAP', 'clear=MIXEDMAP', 'set=PFNMAP', 'clear=PFNMAP', 'set=DONTCOPY'])}`;
    case 'zap':
    case 'clrpte':
      return `${name} ${at} n=${1 + random.below(n - p)}`;
    case 'unmap_range':
      return `unmap_range mm=${mm} pgoff=${random.below(4)} n=${1 + random.below(3)} even=${random.below(2)}`;
    case 'setpte':
      return `setpte ${at} ${frame} special=${random.below(2)} w=${random.below(2)}`;
    case 'insert_mixed':
    case 'insert_mixed_mkwrite':
      return `${name} ${at} ${frame} t=${random.below(3)}`;
    case 'remap':
    case 'map_pages':
    case 'insert_pages':
      return `${name} ${at} ${frame} n=${1 + random.below(n - p)}`;
    default:
      return `${name} ${at} ${frame}`;
  }
}

function processOp(random: Random, { mm, v, n }: Mapping, mappings: Mapping[], alive: number[]): string {
  const p = random.below(n);
  const at = `mm=${mm} v=${v} p=${p}`;
  const range = `${at} n=${1 + random.below(n - p)}`;
  const name = random.of(
    'read read write write write munmap mprotect madvise fork pin pin peek poke mlock munlock mremap exit unpin follow'.split(
      ' ',
    ),
  );
  switch (name) {
    case 'write':
    case 'poke':
      return `${name} ${at} val=${1 + random.below(200)}`;
    case 'mprotect':
      return `mprotect ${range} prot=${random.of(PROTS)}`;
    case 'madvise':
      return `madvise ${range} adv=${random.of(ADVICE)}`;
    case 'munmap':
    case 'mlock':
    case 'munlock':
      return `${name} ${range}`;
    case 'fork': {
      const child = [1, 2].find((id) => !alive.includes(id));
      if (child === undefined) return `read ${at}`;
      alive.push(child);
      for (const mapping of mappings.filter((one) => one.mm === mm)) mappings.push({ ...mapping, mm: child });
      return `fork mm=${mm} child=${child}`;
    }
    case 'exit':
      if (mm === 0) return `read ${at}`;
      alive.splice(alive.indexOf(mm), 1);
      for (let i = mappings.length - 1; i >= 0; i--) if (mappings[i]!.mm === mm) mappings.splice(i, 1);
      return `exit mm=${mm}`;
    case 'pin':
      return `pin ${at} n=1 w=${random.below(2)} longterm=${random.below(2)} hold=${random.below(2)}`;
    case 'unpin':
      return `unpin mm=${mm}`;
    case 'mremap': {
      const to = random.of(SLOTS);
      if (to === v || random.chance(30)) return `mremap ${at} n=1 newn=${1 + random.below(2)}`;
      return `mremap ${at} n=1 newn=1 to=${to} top=${8 + random.below(4)}`;
    }
    default:
      return `${name} ${at}`;
  }
}
