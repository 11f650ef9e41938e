// SPDX-License-Identifier: GPL-2.0-or-later
/** Which kernel and which architecture a report is of, with the reasons. */
import type { FlagMachine } from '@specialbit/events';
import type { KernelReport } from './report.js';
import { type Machine, type Place, SIGNS, TEXT_SIGNS } from './signs.js';

export interface MachineGuess {
  readonly machine: Machine;
  readonly score: number;
  /** What says so: `registers: RIP: 0010:...`. */
  readonly because: readonly string[];
}

/** The guesses, best first; empty where nothing says anything. */
export function guessMachine(report: KernelReport): MachineGuess[] {
  const places = placesOf(report);
  const scores = new Map<Machine, { score: number; because: string[] }>();
  const out = new Set<Machine>();
  for (const { says, at, like, weight, not } of [...SIGNS, ...TEXT_SIGNS]) {
    const found = places[at]?.find((text) => like.test(text));
    if (found === undefined) continue;
    for (const machine of says) {
      if (not === true) {
        out.add(machine);
        continue;
      }
      const known = scores.get(machine) ?? { score: 0, because: [] };
      known.score += weight;
      known.because.push(`${NAMES[at]} ${found.length > 40 ? `${found.slice(0, 40)}…` : found}`);
      scores.set(machine, known);
    }
  }
  return [...scores]
    .filter(([machine]) => !out.has(machine))
    .map(([machine, known]) => ({ machine, ...known }))
    .sort((a, b) => b.score - a.score);
}

/** The one machine that the signs agree on; undefined where they do not, or are too few. */
export function certainMachine(guesses: readonly MachineGuess[]): MachineGuess | undefined {
  const [first, second] = guesses;
  if (first === undefined || first.score < 2) return undefined;
  return second === undefined || first.score >= second.score * 1.5 ? first : undefined;
}

const NAMES: Readonly<Record<Place, string>> = {
  registers: 'register',
  symbols: 'function',
  style: 'stack',
  release: 'kernel',
  build: 'build',
  hardware: 'hardware',
  pointer: 'kernel address',
  addr: 'addr',
  entry: 'entry',
  pmd: 'pmd',
  text: '',
};

const given = (...values: readonly (string | undefined)[]): string[] =>
  values.filter((value) => value !== undefined && !/^0*$/.test(value)) as string[];

function placesOf(report: KernelReport): { readonly [place in Place]?: readonly string[] } {
  const map = report.kind === 'bad-page-map' ? report : undefined;
  const handlers = map === undefined ? [] : Object.values(map.handlers).map((h) => h.replace(/^0x/, ''));
  return {
    registers: report.registers,
    symbols: [...report.stack.map(({ name }) => name), ...(report.kind === 'warning' ? given(report.fn) : [])],
    style: [...report.style, ...report.text_lines.filter((line) => line.startsWith('PGD '))],
    release: given(report.cpu?.release),
    build: given(report.cpu?.build),
    hardware: given(report.hardware),
    pointer: given(
      map?.anon_vma,
      map?.mapping,
      report.page?.mapping,
      ...handlers.filter((h) => /^[0-9a-f]{8,16}$/.test(h)),
    ),
    addr: given(map?.addr),
    entry: given(map?.entry),
    pmd: given(map?.tables.pmd),
    text: report.kind === 'complaint' || report.kind === 'warning' ? [report.text] : [],
  };
}

/** Which configuration of a machine the report is of, and what that rests on. */
export interface Configuration {
  /** Name of an architecture as `specialbit arch` lists it. */
  readonly arch: string;
  /** What was taken for granted; absent where the report says it. */
  readonly assumed?: string;
}

const wide = (text: string | undefined): number => (text ?? '').replace(/^0+/, '').length;

/** From the machine to one of its configurations: word width of the entries, page size, levels. */
export function configurationOf(machine: Machine, report: KernelReport): Configuration {
  const map = report.kind === 'bad-page-map' ? report : undefined;
  const pointers = given(map?.anon_vma, map?.mapping, report.page?.mapping);
  const addr = map?.addr === undefined ? 0n : BigInt(`0x${map.addr}`);
  switch (machine) {
    case 'x86_64':
      return addr >> 47n !== 0n
        ? { arch: 'x86_64-5level' }
        : { arch: 'x86_64', assumed: '4 levels, without CONFIG_MEM_SOFT_DIRTY' };
    case 'i386':
      return wide(map?.entry) > 8 || wide(map?.tables.pmd) > 8 || (map?.entry ?? '').length > 8
        ? { arch: 'i386-pae-nx', assumed: 'a CPU with NX' }
        : { arch: 'i386', assumed: 'without PAE' };
    case 'arm64':
      if (pointers.some((p) => /^ffffff[89abc]/.test(p))) return { arch: 'arm64', assumed: '4 KiB pages' };
      return { arch: 'arm64-4k-48', assumed: '4 KiB pages, 48-bit addresses' };
    case 'arm':
      if ((map?.entry ?? '').length > 8) return { arch: 'arm-lpae-smp', assumed: 'SMP' };
      return /v7|SMP/.test(`${report.cpu?.release ?? ''} ${report.cpu?.build ?? ''}`)
        ? { arch: 'arm-v7' }
        : { arch: 'arm', assumed: 'a uniprocessor kernel' };
    case 'powerpc64':
      return { arch: 'ppc64-radix-64k', assumed: 'radix, 64 KiB pages' };
    case 'powerpc32':
      return { arch: 'ppc32-book3s', assumed: 'a CPU of the 604 class (hash table)' };
    case 'mips64':
      return { arch: 'mips64r2-4k', assumed: '4 KiB pages, RIXI' };
    case 'mips32':
      return { arch: 'mips32r2', assumed: 'release 2, without RIXI, 4 KiB pages' };
    case 'riscv64':
      return { arch: 'riscv64-sv39', assumed: 'Sv39' };
    case 'riscv32':
      return { arch: 'riscv32-sv32' };
    case 's390':
      return { arch: 's390x' };
    case 'sparc64':
      return { arch: 'sparc64-sun4u', assumed: 'sun4u' };
    case 'parisc':
      return wide(map?.entry) > 8 || (map?.addr ?? '').length > 8 ? { arch: 'parisc64' } : { arch: 'parisc32' };
    case 'loongarch':
      return { arch: 'loongarch64', assumed: '16 KiB pages' };
    case 'sh':
      return { arch: 'sh4', assumed: 'SH-4' };
    default:
      return { arch: machine };
  }
}

/** Machines whose name does not say their width and that have 64 bits. */
const WIDE: readonly Machine[] = ['x86_64', 'arm64', 's390', 'loongarch', 'alpha'];

/** What a machine's vm_flags are looked up by. */
export function flagMachine(machine: Machine | undefined): FlagMachine | undefined {
  if (machine === undefined) return undefined;
  if (machine === 'x86_64' || machine === 'i386') return { family: 'x86', bits: machine === 'i386' ? 32 : 64 };
  const [, family = machine, width] = /^(.*?)(32|64)$/.exec(machine === 'arm64' ? '' : machine) ?? [];
  return { family, bits: WIDE.includes(machine) || width === '64' ? 64 : 32 };
}
