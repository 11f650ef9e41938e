// SPDX-License-Identifier: GPL-2.0-or-later
/** A lane's state as text. */
import { append } from '../text/append.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, table, width, wrap } from '../text/table.js';
import { frameText, frameWords, hex, pteBits, reasonWord, verdictWord } from './pte-text.js';
import type { PageView, ProcessView, VmaView, WorldView } from './world-view.js';

/** PTEs of one VMA that are shown. */
const SHOWN = 64;

/** A lane's state: each process with its VMAs and PTEs, then the frames. */
export function worldLines(world: WorldView, { color }: Painted): string[] {
  const bit = world.hasPteSpecial ? 'has a special bit' : 'has no special bit';
  const events = world.events === 1 ? '1 event' : `${world.events} events`;
  const lines = [color.bold(`${world.arch} (${bit}), ${world.profile}, after ${events}`)];
  for (const process of world.processes) append(lines, processLines(process, color.cyan));
  if (world.frames.length > 0) {
    lines.push('', 'frames');
    const rows = world.frames.map((frame) => [
      frame.label,
      hex(frame.pfn),
      frameText(frame) + (frame.leaked ? '; leaked' : ''),
    ]);
    append(lines, table(rows, { align: 'lrl', indent: 2, wrapLast: true }));
  }
  return lines;
}

function processLines(process: ProcessView, emphasis: (text: string) => string): string[] {
  const rss = Object.entries(process.rss).map(([name, n]) => `${name} ${n}`);
  const lines = ['', `mm ${process.mm}: ${rss.join(', ')}`];
  if (process.vmas.length === 0) lines.push('  no mappings');
  for (const vma of process.vmas) append(lines, vmaLines(vma, emphasis));
  if (process.stray.length > 0) {
    lines.push('  outside of every VMA');
    append(lines, pteTable(process.stray));
  }
  return lines;
}

function vmaLines(vma: VmaView, emphasis: (text: string) => string): string[] {
  const pages = vma.pages === 1 ? '1 page' : `${vma.pages} pages`;
  // vm_pgoff of anonymous memory is its address, and says nothing
  const what = vma.file === null ? ['anonymous'] : [vma.file, `vm_pgoff ${hex(vma.vm_pgoff)}`];
  const words = [`${vma.start}-${vma.end}`, vma.letters, pages];
  const name = vma.label ?? '(no label)';
  const fits = width(`  ${name}  ${[...words, ...what].join('  ')}`) <= MAIL_WIDTH;
  const lines = [`  ${emphasis(name)}  ${(fits ? [...words, ...what] : words).join('  ')}`];
  if (!fits) lines.push(...wrap(what.join('  '), MAIL_WIDTH, '    '));
  if (vma.named !== '') lines.push(...wrap(vma.named.replaceAll('|', ' '), MAIL_WIDTH, '    '));
  if (vma.open) lines.push('    its ->mmap still runs: unmap_mapping_range cannot find it');
  lines.push(...pteTable(vma.ptes.slice(0, SHOWN)));
  if (vma.ptes.length > SHOWN) lines.push(`    and ${vma.ptes.length - SHOWN} more PTEs`);
  return lines;
}

function pteTable(ptes: readonly PageView[]): string[] {
  if (ptes.length === 0) return [];
  const full = pteRows(ptes, frameWords);
  // a level says how many pages, where there is no room to
  return full.some((line) => width(line) > MAIL_WIDTH)
    ? pteRows(ptes, (pte) => frameWords(pte).replace(/, \d+ pages\)$/, ')'))
    : full;
}

function pteRows(ptes: readonly PageView[], frameOf: (pte: PageView) => string): string[] {
  const rows = [['page', 'PTE', 'bits', 'frame', 'normal', 'because']];
  for (const pte of ptes) {
    const frame = pte.kind === 'swap' ? `slot ${pte.swap!.offset}` : frameOf(pte);
    rows.push([pte.at, pte.raw, pteBits(pte), frame, verdictWord(pte), reasonWord(pte)]);
  }
  return table(rows, { align: 'lrllll', indent: 4 });
}
