// SPDX-License-Identifier: GPL-2.0-or-later
/** A recording of packages/lab/guest/trial, held against what its driver itself wrote down. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createWorld, findProfile, kernelOptions, laneOf, Player, withConfig } from '@specialbit/core';
import type { Kernel, Mm } from '@specialbit/core/kernel';
import { type Imported, linesOf, parseTrace, type TraceFormat } from '@specialbit/importers';
import { importTraces } from '@specialbit/importers/node';
import { registry } from '../arch/configurations.js';

export const text = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

export const fields = (line: string): Record<string, string> =>
  Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key!, value!]));

/** `pid`: of the program, the truth has all that were run. */
export function callsOfTruth(truth: string, pids: ReadonlySet<string>): string[] {
  return truth.split('\n').filter((line) => line.startsWith('call ') && pids.has(fields(line).pid!));
}

/** Calls of drivers as a recording shows them, in the words of the truth. */
export function callsOfTrace(file: string, format: TraceFormat): string[] {
  const { value } = parseTrace(file, format, linesOf(text(file)));
  return value.flatMap((record) => {
    if (record.type !== 'driver_call' || record.inner === true) return [];
    const { name, args, pid, ret } = record;
    const unmap = name === 'unmap_mapping_range';
    // files are truncated, too
    if ((unmap && args.size === 0) || name === 'remap_vmalloc_range_partial') return [];
    const called = name === 'zap_special_vma_range' ? 'zap_vma_ptes' : name;
    const addr = unmap ? args.start! / 4096 : args.addr!;
    const pfn = args.pfn ?? (name === 'vm_iomap_memory' ? args.start! / 4096 : 0);
    const n = args.num ?? (args.size ?? 4096) / 4096;
    return [`call ${called} pid=${pid} addr=${addr.toString(16)} pfn=${pfn.toString(16)} n=${n} ret=${ret ?? 0}`];
  });
}

function playerOf({ header }: Imported): Player {
  const profile = withConfig(findProfile(header.profile ?? '')!, header.config);
  const lane = laneOf(header, registry.get(header.arch![0]!).at(profile), profile);
  return new Player(kernelOptions(lane), createWorld(lane));
}

/** What a log of one process comes to. */
export function played(imported: Imported): { kernel: Kernel; mm: Mm } {
  const player = playerOf(imported);
  for (const event of imported.events) player.step(event);
  return { kernel: player.kernel, mm: player.kernel.mms.get(0)! };
}

/** The driver's mappings of each process, as the log that a recording became has them in the end. */
export async function playedEntries(
  file: string,
  format: TraceFormat,
  arch?: string,
): Promise<{ imported: Imported; entries: string[]; pids: Set<string> }> {
  const imported = await importTraces([{ path: file, format }], {
    architecture: (name) => registry.find(name),
    ...(arch === undefined ? {} : { arch: registry.get(arch) }),
  });
  const { events, origins } = imported;
  const player = playerOf(imported);
  const entries: string[] = [];
  const pids = new Set<string>();
  for (const [i, event] of events.entries()) {
    if (event.type === 'exit') {
      pids.add(String(origins[i]!.pid));
      entries.push(...entriesOf(player.kernel, event.mm, origins[i]!.pid));
    }
    player.step(event);
  }
  return { imported, entries, pids };
}

function entriesOf(k: Kernel, id: number, pid: number): string[] {
  const mm = k.mms.get(id);
  if (mm === undefined) return [];
  const lines: string[] = [];
  const pte = { lo: 0, hi: 0 };
  for (const vma of mm.vmas) {
    if (vma.vm_file === null || vma.vm_file === undefined) continue;
    const hex = (n: number): string => n.toString(16);
    lines.push(
      `vma pid=${pid} ${hex(vma.vm_start * 4096)}-${hex(vma.vm_end * 4096)} flags=${hex(vma.vm_flags >>> 0)} pgoff=${hex(vma.vm_pgoff)}`,
    );
    mm.pt.forEach(vma.vm_start, vma.vm_end, pte, (vpn) => {
      const raw = (BigInt(pte.hi >>> 0) << 32n) | BigInt(pte.lo >>> 0);
      lines.push(`pte pid=${pid} addr=${hex(vpn * 4096)} raw=${raw.toString(16)} pfn=${hex(k.pte.pfn(pte))}`);
    });
  }
  return lines;
}
