// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Recordings that `specialbit record`'s scripts made, as printed, on Debian's own kernels under QEMU, of the driver in
 * packages/lab/guest/trial, held against what that driver wrote down itself.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { vm_normal_page } from '@specialbit/core/kernel';
import { importSources } from '@specialbit/decode';
import { linesOf, Problems, parsePteDump, type TraceFormat } from '@specialbit/importers';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';
import { callsOfTrace, callsOfTruth, fields, played, playedEntries, text } from './recorded.testkit.js';

const folder = join(import.meta.dirname, 'recorded');

const NO_TRACE = (): never => {
  throw new Error('no trace');
};

/** Soft-dirty is out of scope for VMAs (ARCHITECTURE.md). */
const VM_SOFTDIRTY = 0x8000000;
/** What MTRRs say of memory is in no recording: mapping 11 has RAM that Linux was told not to use. */
const IOMAP = { from: 0x10b00000, to: 0x10b03000, _PAGE_PCD: 0x10n };

function comparable(line: string): string {
  const plain = line.replace(/ normal=.*/, '').replace(/flags=([0-9a-f]+)/, (_, flags: string) => {
    return `flags=${(Number.parseInt(flags, 16) & ~VM_SOFTDIRTY).toString(16)}`;
  });
  const { addr, raw } = fields(plain);
  const at = Number.parseInt(addr ?? '0', 16);
  if (raw === undefined || at < IOMAP.from || at >= IOMAP.to) return plain;
  return plain.replace(`raw=${raw}`, `raw=${(BigInt(`0x${raw}`) & ~IOMAP._PAGE_PCD).toString(16)}`);
}

const X86 = 'x86_64-4level';
const RECORDINGS: readonly (readonly [name: string, format: TraceFormat, arch: string])[] = [
  ['6.12-tracefs-kprobe', 'ftrace', X86],
  ['6.12-tracefs-fprobe', 'ftrace', X86],
  ['6.12-trace-cmd-kprobe', 'ftrace', X86],
  ['6.12-perf-kprobe', 'perf', X86],
  ['7.3-tracefs-kprobe', 'ftrace', X86],
  ['7.3-tracefs-fprobe', 'ftrace', X86],
  ['6.12-bpftrace-kprobe', 'ftrace', X86],
];

describe.each(RECORDINGS.filter(([name]) => existsSync(join(folder, `${name}.txt.gz`))))('%s', (name, format, arch) => {
  const file = join(folder, `${name}.txt.gz`);
  const truth = text(join(folder, `${name}.truth.gz`));

  it('has every call of a driver, with its arguments and its result', () => {
    const seen = callsOfTrace(file, format);
    const pids = new Set(seen.map((line) => fields(line).pid!));
    expect(seen).toEqual(callsOfTruth(truth, pids));
    expect(seen.length).toBeGreaterThan(29);
  });

  it('becomes a log that ends with the entries that were in memory', async () => {
    const { imported, entries, pids } = await playedEntries(file, format, arch);
    expect([...imported.followed]).toEqual([]);
    expect([...imported.left.keys()].filter((why) => !/unmap_mapping_range, whose file/.test(why))).toEqual([]);
    const own = truth.split('\n').filter((line) => /^(?:vma|pte) /.test(line) && pids.has(fields(line).pid!));
    expect(entries.map(comparable)).toEqual(own.map(comparable));
    expect(entries.length).toBeGreaterThan(45);
  });
});

describe.each(['6.12', '7.3'].filter((name) => existsSync(join(folder, `${name}-ptes.txt.gz`))))(
  'page tables of %s',
  (name) => {
    const lines = linesOf(text(join(folder, `${name}-ptes.txt.gz`)));
    const truth = text(join(folder, `${name}-ptes.truth.gz`)).split('\n');

    it('have every entry, answer and count that the driver wrote down', () => {
      const problems = new Problems('ptes.txt');
      const dump = parsePteDump(lines, problems);
      expect(problems.kinds()).toEqual([]);
      expect(dump).toMatchObject({ whole: true, missing: [], machine: 'x86_64' });
      const own = truth.filter((line) => line.startsWith('pte ') && fields(line).pid === String(dump.pid)).map(fields);
      expect(own.length).toBeGreaterThan(35);
      const at = new Map(dump.entries.map((entry) => [entry.addr, entry]));
      for (const { addr, raw, pfn, normal, ref, map } of own) {
        const entry = at.get(Number.parseInt(addr!, 16));
        expect(entry, addr).toMatchObject({ raw, level: 'pte', normal: normal === '1' });
        // a page that was just copied waits for the LRU, which holds a reference for a while
        const copied = addr === '10200000';
        if (normal === '1' && !copied)
          expect([entry!.refcount, entry!.mapcount], addr).toEqual([Number(ref), Number(map)]);
        const frame = dump.frames.get(Number.parseInt(pfn!, 16));
        if (map !== undefined) expect(frame?.count, addr).toBe(Number(map));
      }
      const vmas = truth.filter((line) => line.startsWith('vma ') && fields(line).pid === String(dump.pid));
      const found = dump.smaps.filter(({ name: file }) => file === '/dev/trial');
      expect(
        found.map(({ start, end, offset, vm_flags }) => [start, end, offset / 4096, vm_flags! & ~VM_SOFTDIRTY]),
      ).toEqual(
        vmas.map((line) => {
          const [, start, end] = /([0-9a-f]+)-([0-9a-f]+)/.exec(line)!;
          const { flags, pgoff } = fields(line);
          const [from, to, offset, bits] = [start, end, pgoff, flags].map((digits) => Number.parseInt(digits!, 16));
          return [from, to, offset, bits! & ~VM_SOFTDIRTY];
        }),
      );
    });

    it('become a log of which the model gives the answers of the kernel', async () => {
      const source = { path: 'ptes.txt', format: 'ptes', lines: async () => lines, records: NO_TRACE } as const;
      const known = { architectures: registry.all, architectureNamed: (arch: string) => registry.get(arch) };
      const imported = await importSources(
        [source],
        {},
        { architecture: (arch) => registry.find(arch) },
        known as never,
      );
      const { kernel: k, mm } = played(imported);
      const dump = parsePteDump(lines, new Problems('ptes.txt'));
      const pte = { lo: 0, hi: 0 };
      let asked = 0;
      for (const { addr, raw, normal, level } of dump.entries) {
        if (level !== 'pte') continue;
        const vpn = addr / 4096;
        mm.pt.get(vpn, pte);
        const value = (BigInt(pte.hi >>> 0) << 32n) | BigInt(pte.lo >>> 0);
        expect(value.toString(16), addr.toString(16)).toBe(raw);
        expect(vm_normal_page(k, mm.vma_lookup(vpn)!, vpn, pte) >= 0, addr.toString(16)).toBe(normal);
        asked++;
      }
      expect(asked).toBeGreaterThan(200);
      expect(imported.seen!.get(0x10401000)!.join('\n')).toMatch(/itself: NULL\nframe 0x[0-9a-f]+: kpagecount 0/);
    });
  },
);
