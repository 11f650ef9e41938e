// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from '../errors/nearest.js';
import { formatMapFlags, formatProt, parseMapFlags, parseProt } from './mman.js';
import { selects } from './selector.js';
import { formatVmFlags, parseVmFlags, VM_FLAGS, vmaBitName } from './vm-flags.js';

const bits = fc.integer({ min: 0, max: 0xffffffff });

it('reads every set of bits as it was written', () => {
  fc.assert(
    fc.property(bits, (value) => {
      expect(parseVmFlags(formatVmFlags(value))).toBe(value);
      expect(parseMapFlags(formatMapFlags(value))).toBe(value);
      expect(parseProt(formatProt(value))).toBe(value);
    }),
  );
});

it('writes names', () => {
  expect(formatVmFlags(0x4400)).toBe('VM_PFNMAP|VM_IO');
  expect(formatVmFlags(0x800)).toBe('VM_MAYBE_GUARD');
  expect(formatVmFlags(2 ** 42 + 2 ** 40 + 0x400)).toBe('VM_PFNMAP|VM_DROPPABLE|VM_SEALED');
  expect(formatVmFlags(2 ** 50)).toBe('0x4000000000000');
  expect(formatVmFlags(0)).toBe('VM_NONE');
  expect(formatMapFlags(0x11)).toBe('MAP_SHARED|MAP_FIXED');
  expect(formatMapFlags(0x3)).toBe('MAP_SHARED_VALIDATE');
  expect(formatProt(5)).toBe('rx');
  expect(formatProt(9)).toBe('PROT_READ|PROT_SEM');
});

it('reads the names of both kinds, and bits above 2^32', () => {
  expect(parseVmFlags('VMA_PFNMAP_BIT|sealed|0x10000000000')).toBe(2 ** 42 + 2 ** 40 + 0x400);
  expect(parseVmFlags('vma_droppable_bit')).toBe(parseVmFlags('VM_DROPPABLE'));
  expect(vmaBitName('VM_MIXEDMAP')).toBe('VMA_MIXEDMAP_BIT');
});

it('gives every bit one name', () => {
  const values = Object.values(VM_FLAGS);
  expect(new Set(values).size).toBe(values.length);
  for (const value of values) expect(Math.log2(value) % 1).toBe(0);
});

it('names what it does not know', () => {
  expect(() => parseVmFlags('VM_PFNMAP|VM_OI')).toThrow('no vm_flags bit is called "VM_OI"');
  expect(() => parseMapFlags('')).toThrow('no mmap flag is called ""');
  expect(() => parseProt('rwq')).toThrow('no protection is called "rwq"');
});

it('suggests the nearest word', () => {
  expect(nearest('mumap', ['mmap', 'munmap'])).toBe('munmap');
  expect(nearest('pgaes', ['at', 'pages'])).toBe('pages');
  expect(nearest('remap', ['mremap', 'remap_pfn_range'])).toBe('mremap');
  expect(nearest('zebra', ['at', 'pages'])).toBeUndefined();
});

it('selects the kernels of a series, one release, and kernels whose features were exchanged', () => {
  const kernel = (name: string, version: string) => ({
    arch: 'arm',
    kernel: name,
    version,
    pteSpecial: false,
    hasFeature: () => false,
  });
  const lanes = [
    kernel('6.1', '6.1.192'),
    kernel('6.1.0', '6.1.0'),
    kernel('6.12', '6.12.117'),
    kernel('6.12+remap_undo', '6.12.117'),
    kernel('6.12.5', '6.12.5'),
  ];
  const chosen = (selector: string): string =>
    lanes
      .filter((lane) => selects(selector, lane))
      .map((lane) => lane.kernel)
      .join(' ');
  expect(chosen('@6.12')).toBe('6.12 6.12+remap_undo 6.12.5');
  expect(chosen('!@6.12')).toBe('6.1 6.1.0');
  expect(chosen('@6.1')).toBe('6.1 6.1.0');
  expect(chosen('@6.1.192')).toBe('6.1');
  expect(chosen('arm@6.1.0')).toBe('6.1.0');
  expect(chosen('@6.12.117')).toBe('6.12 6.12+remap_undo');
  expect(chosen('@6.12+*')).toBe('6.12+remap_undo');
  expect(chosen('@6*')).toBe(lanes.map((lane) => lane.kernel).join(' '));
});
