// SPDX-License-Identifier: GPL-2.0-or-later
/** An explanation as text. */
import type { BitView, PteExplanation } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { frameText, hex, pteBits } from '../show/pte-text.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, rowLines, table, wrap } from '../text/table.js';
import { bitValue, pfnBits, positions } from './bit-text.js';
import { holderText } from './holder-text.js';

/** What `explain` prints of a PTE after `events` events: facts, bits, the decision's questions, who holds the frame. */
export function explanationLines(e: PteExplanation, arch: Architecture, events: number, painted: Painted): string[] {
  const { color } = painted;
  const what = e.place ?? `0x${e.address}`;
  const after = events === 1 ? '1 event' : `${events} events`;
  const lines = [color.bold(`${what} of mm ${e.mm} on ${e.arch}, ${e.profile}, after ${after}`), ''];
  lines.push(...factLines(e));
  const level = e.level.toUpperCase();
  if (e.bits.length > 0)
    lines.push('', `the ${level} ${e.pte.raw}, bit by bit`, ...bitLines([...e.bits, ...pfnBits(e, arch)], color.dim));
  if (e.path !== null) lines.push('', `${e.path.where} asks`, ...pathLines(e));
  lines.push('', ...wrap(`=> ${e.verdict}`).map(color.bold));
  if (e.frame !== null) lines.push('', ...holderLines(e));
  return lines;
}

function factLines(e: PteExplanation): string[] {
  const rows: string[][] = [['address', `0x${e.address}`]];
  const { vma, pte, frame } = e;
  if (vma !== null) {
    const open = vma.open ? ', whose ->mmap still runs' : '';
    rows.push(['VMA', `${vma.start}-${vma.end}, page ${vma.page} of ${vma.pages}${open}`]);
    const flags = vma.flags.split('|');
    rows.push(['vm_flags', flags.join(' ')]);
    if (vma.vma_flags_t) rows.push(['vma_flags_t', vma.vma_flags_t.replaceAll('|', ' ')]);
    rows.push(['vm_pgoff', hex(vma.vm_pgoff)]);
  }
  rows.push([e.level.toUpperCase(), pte.kind === 'none' ? 'none' : `${pte.raw}  ${pteBits(pte)}${reach(e)}`]);
  if (e.hw !== null) rows.push(['hardware', e.hw]);
  if (frame !== null) rows.push(['frame', `${frame.label}, pfn ${hex(frame.pfn)}: ${frameText(frame)}`]);
  return table(rows, { indent: 2, wrapLast: true });
}

/** What a huge entry maps. */
function reach({ pte, first }: PteExplanation): string {
  if (pte.pages === 1) return '';
  return `  maps ${pte.pages} pages from 0x${first} on`;
}

/** The bits, highest first. */
function bitLines(bits: readonly BitView[], faint: (text: string) => string): string[] {
  const sorted = [...bits].sort((a, b) => (BigInt(`0x${b.mask}`) > BigInt(`0x${a.mask}`) ? 1 : -1));
  const lines = rowLines(
    sorted.map((bit) => [positions(bit), bit.name, bitValue(bit), bit.meaning]),
    { align: 'rlrl', indent: 2, wrapLast: true },
  );
  return lines.flatMap((row, i) => (BigInt(`0x${sorted[i]!.value}`) === 0n ? row.map(faint) : row));
}

function pathLines(e: PteExplanation): string[] {
  const lines: string[] = [];
  for (const [i, step] of e.path!.steps.entries()) {
    lines.push(`  ${i + 1}. ${step.question}?  ${step.answer ? 'yes' : 'no'}`);
    lines.push(...wrap(step.because, MAIL_WIDTH, '     '));
  }
  return lines;
}

function holderLines(e: PteExplanation): string[] {
  const frame = e.frame!;
  if (!frame.valid && e.holders.every((holder) => holder.refs === 0)) {
    return [`nobody holds ${frame.label}: it has no struct page, and so no reference count`];
  }
  const lines = [`who holds ${frame.label} (refcount ${frame.count}, mapcount ${frame.mapcount})`];
  const rows = e.holders.map((holder) => [String(holder.refs), holderText(holder)]);
  const refs = Math.max(4, ...rows.map(([n]) => n!.length));
  for (const [n, text] of rows) {
    const [first, ...more] = wrap(text!, MAIL_WIDTH - refs - 2);
    lines.push(`${n!.padStart(refs)}  ${first}`, ...more.map((line) => `${' '.repeat(refs + 2)}${line}`));
  }
  if (rows.length === 0) lines.push('  nobody');
  return lines;
}
