/** The harness's dump of every address space and frame, as one JSON text. */
import { F, hexAddress, hexLong, hexPte, type Kernel, type KernelMessage, type Mm, PG, type Vma, vm_normal_page } from '@specialbit/core';
import { labWindow } from './lab-machine.js';
import type { Labels } from './labels.js';

/** Messages that the harness can hold between two dumps. */
export const MAX_MESSAGES = 48;

const MM_FILEPAGES = 0;
const MM_ANONPAGES = 1;
const MM_SWAPENTS = 2;
const MM_SHMEMPAGES = 3;

/** Letters of a frame's flags, in the harness's order. */
const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [PG.anon, 'a'],
  [PG.anon_exclusive, 'x'],
  [PG.reserved, 'r'],
  [PG.dirty, 'd'],
  [PG.uptodate, 'u'],
  [PG.lru, 'l'],
  [PG.active, 'A'],
  [PG.referenced, 'R'],
  [PG.swapbacked, 'b'],
  [PG.mlocked, 'm'],
  [PG.unevictable, 'U'],
  [PG.locked, 'L'],
  [PG.swapcache, 'c'],
];

export function flagLetters(flags: number): string {
  let text = '';
  for (const [bit, letter] of FLAG_LETTERS) {
    if ((flags & bit) === 0) continue;
    if (bit === PG.anon_exclusive && (flags & PG.anon) === 0) continue;
    text += letter;
  }
  return text;
}

const p = { lo: 0, hi: 0 };
const swp = { type: 0, offset: 0 };

/** The addresses of `mm` that the harness shows, ascending. */
function trackedVmas(k: Kernel, mm: Mm): Vma[] {
  const [start, end] = labWindow(k.arch.page.size);
  return mm.vmas.filter((vma) => vma.vm_start >= start && vma.vm_start < end);
}

/** Gives labels to every page that the dump will show, without showing it; for supplied allocations. */
export function assignLabels(k: Kernel, labels: Labels): void {
  for (const mm of liveMms(k)) {
    for (const vma of trackedVmas(k, mm)) {
      mm.pt.forEach(vma.vm_start, vma.vm_end, p, () => {
        if (k.pte.present(p)) labels.of(k.pte.pfn(p), true);
      });
    }
  }
  for (const pin of k.pins) labels.of(pin, true);
}

function liveMms(k: Kernel): Mm[] {
  return [...k.mms.values()].sort((a, b) => a.id - b.id);
}

/** The `dump` member, and the first message that making it caused. */
export function dumpText(k: Kernel, labels: Labels): { readonly text: string; readonly firstMessage: string | undefined } {
  labels.beginDump();
  const messages: KernelMessage[] = [];
  const before = k.out.messages;
  k.out.messages = messages;
  const mms = liveMms(k).map((mm) => mmText(k, mm, labels));
  const frames = framesText(k, labels);
  k.out.messages = before;
  const warn = messages.slice(0, MAX_MESSAGES).filter((m) => m.kind !== 'bad page map');
  const warnText = warn.length === 0 ? '' : `,"warn":[${warn.map((m) => JSON.stringify(m.text)).join(',')}]`;
  const text = `{"mms":[${mms.join(',')}],"frames":{${frames}}${warnText}}`;
  return { text, firstMessage: messages[0]?.text };
}

function mmText(k: Kernel, mm: Mm, labels: Labels): string {
  const { rss } = mm;
  const counters = `${rss[MM_FILEPAGES]},${rss[MM_ANONPAGES]},${rss[MM_SHMEMPAGES]},${rss[MM_SWAPENTS]}`;
  const vmas = trackedVmas(k, mm).map((vma) => vmaText(k, vma, labels));
  return `{"mm":${mm.id},"rss":[${counters}],"vmas":[${vmas.join(',')}]}`;
}

function vmaText(k: Kernel, vma: Vma, labels: Labels): string {
  const { arch } = k;
  const kind = vma.vm_file?.name === 'dev' ? 'dev' : vma.vm_ops === null ? 'anon' : vma.vm_ops.kind === 'shmem' ? 'shmem' : 'other';
  let entries = '';
  vma.mm.pt.forEach(vma.vm_start, vma.vm_end, p, (vpn) => {
    entries += `${entries === '' ? '' : ','}${entryText(k, vma, vpn, labels)}`;
  });
  return (
    `{"start":"${hexAddress(arch, vma.vm_start)}","end":"${hexAddress(arch, vma.vm_end)}",` +
    `"flags":"${(vma.vm_flags >>> 0).toString(16)}","pgoff":"${hexLong(arch, vma.vm_pgoff)}",` +
    `"prot":"${hexPte(vma.vm_page_prot)}","kind":"${kind}","pt":[${entries}]}`
  );
}

/** One PTE, in register `p`. */
function entryText(k: Kernel, vma: Vma, vpn: number, labels: Labels): string {
  const { pte } = k;
  const index = vpn - vma.vm_start;
  const raw = hexPte(p);
  if (!pte.present(p)) {
    pte.pte_to_swp_entry(p, swp);
    return `[${index},"${raw}","swap",${swp.type},"${swp.offset.toString(16)}"]`;
  }
  const pfn = pte.pfn(p);
  const bits =
    `P${pte.write(p) ? 'W' : '-'}${pte.dirty(p) ? 'D' : '-'}${pte.young(p) ? 'Y' : '-'}${pte.special(p) ? 'S' : '-'}`;
  const reported = k.out.messages.length;
  const page = vm_normal_page(k, vma, vpn, p);
  const bad = k.out.messages.slice(reported).some((m) => m.kind === 'bad page map');
  const label = labels.of(pfn, true);
  let normal: string;
  if (page < 0) normal = bad ? '"bad"' : 'null';
  else if (!k.machine.pfn_valid(page)) normal = '"garbage"';
  else normal = `"${labels.of(page, false)}"`;
  const hw = k.arch.hw_pte === undefined ? '' : `,"${(k.arch.hw_pte(p) >>> 0).toString(16)}"`;
  return `[${index},"${raw}","${bits}","${pfn.toString(16)}","${label}",${normal}${hw}]`;
}

/** The frames that differ from their start, then the labelled pages. */
function framesText(k: Kernel, labels: Labels): string {
  const { frames, machine } = k;
  const parts: string[] = [];
  for (const [prefix, count] of [['P', 8], ['R', 4]] as const) {
    for (let i = 0; i < count; i++) {
      const pfn = machine.pfnOf(`${prefix}${i}`);
      if (pfn === undefined) continue;
      const record = frameRecord(k, pfn);
      if (record !== (prefix === 'P' ? '[1,0,""]' : '[1,0,"r"]')) parts.push(`"${prefix}${i}":${record}`);
    }
  }
  const zero = machine.zero_pfn;
  if (frames.get(zero, F.count) !== 0 || frames.get(zero, F.mapcount) !== 0) parts.push(`"Z":${frameRecord(k, zero)}`);
  for (const pin of k.pins) labels.of(pin, true);
  labels.retire(k.pins);
  for (const [label, pfn] of labels) parts.push(`"${label}":${frameRecord(k, pfn)}`);
  return parts.join(',');
}

function frameRecord(k: Kernel, pfn: number): string {
  const { frames } = k;
  return `[${frames.get(pfn, F.count)},${frames.get(pfn, F.mapcount)},"${flagLetters(frames.get(pfn, F.flags))}"]`;
}
