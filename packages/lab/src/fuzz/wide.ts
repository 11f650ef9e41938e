// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Scenarios of another kind than `generate.ts`: mappings as drivers make them, side by side so that they merge and split,
 * and calls with every operand that the laboratory can say: ranges of no page, across holes, mappings and page tables, every
 * advice, every protection, pages by their labels. What they do is left to chance, and how often to weights.
 */
import type { Random } from './random.js';

/** Pages of an address space that were mapped together, as far as the generator keeps track. */
interface Piece {
  readonly v: number;
  readonly p: number;
  readonly n: number;
  /** Of the driver, or what else `file=` says. */
  readonly file: string;
  readonly share: string;
}

type Weighted<T> = readonly (readonly [T, number])[];

const PROTS = ['rw', 'rw', 'rw', 'rw', 'r', 'r', 'none', 'rwx', 'rx', 'w', 'x'];
const ADVICE =
  'dontneed dontneed free free cold pageout willneed dontfork dofork populate_read populate_write remove wipeonfork keeponfork random normal sequential dontdump dodump dontneed_locked bogus'.split(
    ' ',
  );
const FLAGS =
  'PFNMAP MIXEDMAP IO DONTEXPAND DONTCOPY DONTDUMP MAYWRITE PFNMAP|MIXEDMAP PFNMAP|IO MIXEDMAP|DONTCOPY'.split(' ');
/** Slots in use: neighbours, and the one that begins before a page table's end. */
const SLOTS = [0, 0, 1, 3, 3, 4];
/** Workers beside the first. */
const CHILDREN = [1, 2, 3];
/** Pages of a slot's window of addresses with pages of 4 KiB. */
const SLOT_PAGES = 4096;

const OPS: Weighted<string> = [
  ['mmap', 9],
  ['read', 11],
  ['write', 15],
  ['munmap', 4],
  ['mprotect', 8],
  ['mremap', 8],
  ['madvise', 9],
  ['mlock', 3],
  ['munlock', 2],
  ['mseal', 0.3],
  ['fork', 4],
  ['exit', 1.5],
  ['peek', 2],
  ['poke', 3],
  ['pin', 4],
  ['pin_fast', 3],
  ['gup_fast_only', 2],
  ['unpin', 1.5],
  ['follow', 2],
  ['unmap_range', 3],
  ['get', 0.4],
  ['put', 0.4],
  ['driver', 26],
];

/** By `file=`: what the driver is asked for. */
const DRIVER: Weighted<string> = [
  ['insert_page', 4],
  ['insert_pages', 3],
  ['map_pages', 1],
  ['map_pages_zero', 1],
  ['insert_pfn', 4],
  ['insert_pfn_prot', 2],
  ['insert_mixed', 4],
  ['insert_mixed_mkwrite', 3],
  ['remap', 3],
  ['ioremap', 1],
  ['iomap', 1],
  ['flags', 3],
  ['setpgoff', 2],
  ['zap', 2],
  ['setpte', 2],
  ['clrpte', 1],
];

/** The lines of one scenario, without the one that begins it. */
export function wideScenario(random: Random, steps: number): string[] {
  return new Wide(random).scenario(steps);
}

class Wide {
  private readonly lines: string[] = [];
  private readonly spaces = new Map<number, Piece[]>([[0, []]]);

  constructor(private readonly random: Random) {}

  scenario(steps: number): string[] {
    for (let i = this.random.below(3); i >= 0; i--) this.mmap(0);
    while (this.lines.length < steps) this.step();
    return this.lines;
  }

  private step(): void {
    const { random } = this;
    const mm = random.of([...this.spaces.keys()]);
    const piece = this.pick(mm);
    const name = weighted(random, OPS);
    if (piece === undefined || name === 'mmap') return this.mmap(mm);
    const page = piece.p + random.below(piece.n);
    const at = `mm=${mm} v=${piece.v} p=${random.chance(4) ? random.below(14) : page}`;
    switch (name) {
      case 'write':
      case 'poke':
        return this.say(`${name} ${at} val=${1 + random.below(250)}`);
      case 'munmap':
        this.forget(mm, piece, page);
        return this.say(`munmap ${at} n=${this.pages(piece, page)}`);
      case 'mprotect':
        return this.say(`mprotect ${at} n=${this.pages(piece, page)} prot=${random.of(PROTS)}`);
      case 'madvise':
        return this.say(`madvise ${at} n=${this.pages(piece, page)} adv=${random.of(ADVICE)}`);
      case 'mlock':
      case 'munlock':
      case 'mseal':
        return this.say(`${name} ${at} n=${this.pages(piece, page)}`);
      case 'mremap':
        return this.mremap(mm, piece, page);
      case 'fork':
        return this.fork(mm);
      case 'exit':
        if (this.spaces.size > 1) this.spaces.delete(mm);
        return this.say(`exit mm=${mm}`);
      case 'pin':
      case 'pin_fast':
      case 'gup_fast_only':
        return this.say(
          `${name} ${at} n=${1 + random.below(random.chance(30) ? 6 : 1)} w=${random.below(2)} longterm=${Number(random.chance(30))} hold=${Number(random.chance(50))}`,
        );
      case 'unpin':
        return this.say(`unpin mm=${mm}`);
      case 'get':
      case 'put':
        return this.say(`${name} mm=${mm} frame=P${random.below(8)}`);
      case 'unmap_range':
        return this.say(
          `unmap_range mm=${mm} pgoff=${random.below(6)} n=${1 + random.below(8)} even=${random.below(2)}`,
        );
      case 'driver': {
        const dev = piece.file === 'dev' || random.chance(5);
        return dev ? this.driver(at, piece, page) : this.say(`write ${at} val=${1 + random.below(250)}`);
      }
      default:
        return this.say(`${name} ${at}`);
    }
  }

  private say(line: string): void {
    this.lines.push(line);
  }

  private pick(mm: number): Piece | undefined {
    const pieces = this.spaces.get(mm) ?? [];
    return pieces.length === 0 ? undefined : this.random.of(pieces);
  }

  /** How many pages from one on: mostly within the piece, now and then none, far more, or up to another slot. */
  private pages(piece: Piece, page: number): number {
    const { random } = this;
    const rest = piece.p + piece.n - page;
    if (random.chance(3)) return 0;
    if (random.chance(6)) return rest + 1 + random.below(4);
    if (random.chance(2)) return SLOT_PAGES + random.below(4) - page;
    return 1 + random.below(rest);
  }

  private forget(mm: number, piece: Piece, page: number): void {
    if (this.random.chance(60) || piece.p === page) return;
    const pieces = this.spaces.get(mm)!;
    pieces.splice(pieces.indexOf(piece), 1, { ...piece, n: page - piece.p });
  }

  private fork(mm: number): void {
    const child = CHILDREN.find((id) => !this.spaces.has(id));
    if (child === undefined) return;
    this.spaces.set(child, [...this.spaces.get(mm)!]);
    this.say(`fork mm=${mm} child=${child}`);
  }

  private mremap(mm: number, piece: Piece, page: number): void {
    const { random } = this;
    const n = this.pages(piece, page);
    const at = `mm=${mm} v=${piece.v} p=${page} n=${n}`;
    if (random.chance(35)) return this.say(`mremap ${at} newn=${random.chance(20) ? n : random.below(n + 4)}`);
    const v = random.of([5, 6, 7, piece.v, random.of(SLOTS)]);
    const p = random.below(12);
    const newn = random.chance(65) ? n : random.below(n + 3);
    const du = random.chance(25) ? ' du=1' : '';
    if (newn > 0 && newn < 64) this.spaces.get(mm)!.push({ ...piece, v, p, n: newn });
    this.say(`mremap ${at} newn=${newn} to=${v} top=${p}${du}`);
  }

  private mmap(mm: number): void {
    const { random } = this;
    const v = random.of(SLOTS);
    const p = random.of([0, 0, 2, 4, 5, 8]);
    const n = 1 + random.below(6);
    const file = random.of(['dev', 'dev', 'dev', 'dev', 'anon', 'anon', 'tmp0', 'tmp1']);
    const share = file === 'anon' ? random.of(['p', 'p', 'p', 'p', 'd']) : random.of(['s', 'p']);
    // neighbours of the same file continue each other more often than not
    const pgoff = random.chance(60) ? p : random.below(8);
    const words = [`mmap mm=${mm} v=${v} p=${p} n=${n} prot=${random.of(PROTS)} share=${share} file=${file}`];
    if (file !== 'anon') words.push(`pgoff=${pgoff}`);
    if (file === 'dev') words.push(...this.handlers(share, n, pgoff));
    this.spaces.get(mm)!.push({ v, p, n, file, share });
    this.say(words.join(' '));
  }

  /** What a driver of one of the usual kinds does in `->mmap`, and with faults. */
  private handlers(share: string, n: number, pgoff: number): string[] {
    const { random } = this;
    const words: string[] = [];
    const fault = (kinds: readonly string[], frames: readonly string[]): void => {
      words.push(`fault=${random.of(kinds)}:${random.of(frames)}`);
      if (random.chance(15)) words.push(`frames=${1 + random.below(n)}`);
    };
    switch (random.below(9)) {
      case 0:
        words.push(`pre=${random.of(['remap', 'remap', 'ioremap'])};p=0;frame=${this.run(n)};n=${n}`);
        break;
      case 1:
        words.push(`pre=iomap;p=0;frame=D0;n=${pgoff + n}`);
        break;
      case 2:
        words.push(`pre=flags;set=PFNMAP${random.chance(50) ? '|IO|DONTEXPAND' : ''}`);
        if (share === 's') fault(['pfn'], ['D0', 'P0', 'R0', 'H0', 'Z']);
        break;
      case 3:
        words.push(`pre=flags;set=MIXEDMAP${random.chance(25) ? '|IO' : ''}`);
        fault(['mixed', 'mixedw', 'pfn', 'page'], ['D0', 'P0', 'R1', 'H1', 'P6', 'Z']);
        break;
      case 4:
        fault(['page'], ['P0', 'P5', 'R0', 'Z']);
        break;
      case 5:
        words.push(`pre=${random.of(['insert_pages', 'map_pages_zero'])};p=0;frame=${this.run(n)};n=${n}`);
        if (random.chance(40)) fault(['page', 'mixed'], ['P0', 'P3', 'D0']);
        break;
      case 6:
        words.push('pre=flags;set=MIXEDMAP', `pre2=insert_pfn;p=0;frame=D${random.below(16)}`);
        if (n > 1) words.push(`pre3=insert_page;p=1;frame=P${random.below(8)}`);
        break;
      case 7:
        words.push(`pre=flags;set=PFNMAP|MIXEDMAP`, `fsp=${random.of(['P0', 'R0', 'D0', 'Z'])}`);
        break;
      default:
        if (random.chance(50)) words.push(`fault=${random.of(['sigbus', 'page:D0', 'pfn:P0'])}`);
        if (random.chance(50)) words.push(`pre=flags;${random.of(['set', 'clear'])}=${random.of(FLAGS)}`);
    }
    if (random.chance(25)) words.push(`mkw=${random.of(['pfn', 'page', 'both'])}`);
    if (random.chance(6)) words.push(`fsp=${random.of(['P0', 'R1', 'D0'])}`);
    return [...new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word])).values()];
  }

  /** A frame from which on there are `n` of its kind, most times. */
  private run(n: number): string {
    const { random } = this;
    const kind = random.of(['P', 'P', 'D', 'D', 'R', 'H']);
    const count = { P: 8, D: 16, R: 4, H: 4 }[kind] ?? 1;
    return `${kind}${Math.max(0, random.below(Math.max(1, count - n + 1)))}`;
  }

  private frame(): string {
    const { random } = this;
    if (random.chance(3)) return random.of(['A0', 'A1', 'F0', 'F1', 'P8', 'D16', 'R4']);
    return random
      .of(['P', 'P', 'P', 'D', 'D', 'R', 'H', 'Z'])
      .replace(/[PDRH]/, (kind) => `${kind}${random.below(kind === 'P' ? 8 : kind === 'D' ? 16 : 4)}`);
  }

  private driver(at: string, piece: Piece, page: number): void {
    const { random } = this;
    const name = weighted(random, DRIVER);
    const rest = Math.min(16, Math.max(1, this.pages(piece, page)));
    switch (name) {
      case 'flags': {
        const set = random.chance(60) ? ` set=${random.of(FLAGS)}` : '';
        const clear = set === '' || random.chance(30) ? ` clear=${random.of(FLAGS)}` : '';
        return this.say(`flags ${at}${set}${clear}`);
      }
      case 'setpgoff':
        return this.say(
          `setpgoff ${at} ${random.of([`pgoff=${random.below(9)}`, 'self=1', `frame=${this.run(1)} pgoff=${random.below(4)}`])}`,
        );
      case 'zap':
      case 'clrpte':
        return this.say(`${name} ${at} n=${rest}`);
      case 'setpte': {
        // a page that mm owns, mapped behind its back, is freed while it is in use
        const frame = this.frame().replace(/^[AF]/, 'P');
        return this.say(`setpte ${at} frame=${frame} special=${random.below(2)} w=${random.below(2)}`);
      }
      case 'insert_pfn_prot':
        return this.say(
          `${name} ${at} frame=${this.frame()} prot=${random.of(['r', 'rw', 'rws', 'rs', 'rx', 's', 'x'])}`,
        );
      case 'insert_mixed':
      case 'insert_mixed_mkwrite':
        return this.say(`${name} ${at} frame=${this.frame()} t=${random.below(3)}`);
      case 'remap':
      case 'ioremap': {
        if (piece.share === 's' || random.chance(20))
          return this.say(`${name} ${at} frame=${this.run(rest)} n=${rest}`);
        const whole = at.replace(/p=\d+$/, `p=${piece.p}`);
        return this.say(`${name} ${whole} frame=${this.run(piece.n)} n=${piece.n}`);
      }
      case 'iomap':
        return this.say(`iomap ${at} frame=${this.run(rest)} n=${1 + random.below(12)}`);
      case 'insert_pages':
      case 'map_pages':
      case 'map_pages_zero':
        return this.say(`${name} ${at} frame=${this.run(rest)} n=${rest}`);
      default:
        return this.say(`${name} ${at} frame=${this.frame()}`);
    }
  }
}

function weighted<T>(random: Random, choices: Weighted<T>): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight * 10, 0);
  let at = random.below(total);
  for (const [choice, weight] of choices) {
    at -= weight * 10;
    if (at < 0) return choice;
  }
  return choices.at(-1)![0];
}
