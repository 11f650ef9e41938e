// SPDX-License-Identifier: GPL-2.0-or-later
/** Bits of vm_flags: what the compiler made of include/linux/mm.h of each release (tools/vm-flags), and the table. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type FlagMachine,
  hasVmaBits,
  kernelVmFlags,
  logFlagNames,
  logVmFlags,
  VM_FLAGS,
  vmFlagsOf,
} from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

type Flags = Readonly<Record<string, string>>;
const file = readFileSync(new URL('../vm-flags.json.gz', import.meta.url));
const releases = JSON.parse(gunzipSync(file).toString()) as Record<string, Record<string, Flags>>;
const cases = Object.entries(releases).flatMap(([release, machines]) =>
  Object.entries(machines).map(([machine, flags]) => [release, machine, flags] as const),
);
const machineOf = (word: string): FlagMachine => {
  const [family = '', bits] = word.split('/');
  return { family, bits: bits === '64' ? 64 : 32 };
};
const bitOf = (flag: string): number => BigInt(`0x${flag}`).toString(2).length - 1;
/** A name that only says to whom the bit belongs. */
const generic = (name: string): boolean => /^VM_(?:HIGH_)?ARCH_\d$/.test(name);

describe('bits of vm_flags', () => {
  it.each(cases)('%s on %s', (release, word, flags) => {
    const machine = machineOf(word);
    const table = new Map(vmFlagsOf(release, machine).map(({ name, bit }) => [name, bit]));
    const compiled = new Map(Object.entries(flags).map(([name, flag]) => [name, bitOf(flag)]));
    // whose machine gives it no name of its own
    const taken = new Set([...compiled].filter(([name]) => !generic(name)).map(([, bit]) => bit));
    for (const [name, bit] of compiled) if (generic(name) && taken.has(bit)) compiled.delete(name);
    // machines name these, and the table does not: nothing sets them there
    for (const name of compiled.keys()) if (/^VM_HIGH_ARCH_/.test(name)) compiled.delete(name);
    expect([...table].sort()).toEqual([...compiled].sort());
  });

  it('become those of logs and back', () => {
    for (const [release, word] of cases) {
      const machine = machineOf(word);
      const all = vmFlagsOf(release, machine).reduce((sum, { bit }) => sum | (1n << BigInt(bit)), 0n);
      expect([release, word, kernelVmFlags(logVmFlags(all, release, machine), release, machine)]).toEqual([
        release,
        word,
        all,
      ]);
    }
  });
});

describe('names of flags', () => {
  const named = (arch: string, release: string, flags: number): string =>
    logFlagNames(flags, release, registry.get(arch)).join('|');
  const { VM_ARCH_1, VM_HIGH_ARCH_4, VM_SEALED, VM_PFNMAP } = VM_FLAGS;

  it.each([
    ['x86_64', '6.12.117', 'VM_PFNMAP|VM_PAT'],
    ['x86_64', '6.18.15', 'VM_PFNMAP|VM_ARCH_1'],
    ['arm64', '7.3.4', 'VM_PFNMAP|VM_ARM64_BTI'],
    ['ppc64-radix-64k', '6.12.117', 'VM_PFNMAP|VM_SAO'],
    ['parisc64', '7.3.4', 'VM_PFNMAP|VM_GROWSUP'],
    ['sparc64-sun4v', '6.1.192', 'VM_PFNMAP|VM_SPARC_ADI'],
    ['arm', '7.3.4', 'VM_PFNMAP|VM_ARCH_1'],
  ])('%s on %s: %s', (arch, release, names) => expect(named(arch, release, VM_ARCH_1 + VM_PFNMAP)).toBe(names));

  it('stay where the bit lay elsewhere', () => {
    const arm64 = registry.get('arm64');
    expect(named('arm64', '6.1.192', VM_HIGH_ARCH_4)).toBe('VM_MTE');
    expect(kernelVmFlags(VM_HIGH_ARCH_4, '6.1.192', arm64)).toBe(1n << 32n);
    expect(kernelVmFlags(VM_HIGH_ARCH_4, '7.3.4', arm64)).toBe(1n << 36n);
    expect(kernelVmFlags(VM_SEALED + VM_PFNMAP, '6.12.117', arm64)).toBe((1n << 63n) + 0x400n);
    expect(logVmFlags((1n << 63n) + 0x400n, '6.12.117', arm64)).toBe(VM_SEALED + VM_PFNMAP);
  });

  it('are those of vma_flags_t from 6.19 on', () => {
    expect(['6.18.15', '6.19.11', '7.3.4'].map(hasVmaBits)).toEqual([false, true, true]);
    expect(logFlagNames(VM_ARCH_1 + VM_PFNMAP, '7.3.4', registry.get('arm64'), { vma: true })).toEqual([
      'VMA_PFNMAP_BIT',
      'VMA_ARM64_BTI_BIT',
    ]);
  });
});
