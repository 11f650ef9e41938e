// SPDX-License-Identifier: GPL-2.0-or-later
/** Records of dumps of a kernel's VMAs and page tables (`vmas.jsonl`, `pagemap.jsonl`, `snapshots.jsonl`), as the JSON is to be. */
import * as t from 'io-ts';

/** An address, flags or an offset: hexadecimal in a text, with at most 64 bits. */
const HEX = /^(?:0x)?[0-9a-f]{1,16}$/i;

const hex = new t.Type<number, unknown>(
  'a hexadecimal number',
  (u): u is number => typeof u === 'number',
  (u, c) => {
    if (typeof u === 'string' && HEX.test(u)) return t.success(Number.parseInt(u, 16));
    return typeof u === 'number' && Number.isSafeInteger(u) && u >= 0 ? t.success(u) : t.failure(u, c);
  },
  t.identity,
);
const wideHex = t.refinement(t.string, (text) => HEX.test(text), 'a hexadecimal number');
const whole = t.refinement(t.number, Number.isSafeInteger, 'a whole number');
const anyNumber = t.union([whole, t.null]);

/** mm_struct. */
export const mmRecord = t.partial({ start_brk: hex, brk: hex, start_stack: hex, mmap_base: hex });

/** vm_area_struct. */
export const vmaRecord = t.intersection([
  t.type({ start: hex, end: hex, vm_flags: wideHex }),
  t.partial({ pgoff: hex, anon_vma: t.string, file: t.string, av: t.partial({ root: t.string }) }),
]);

/** An entry of a page table. */
export const pageRecord = t.intersection([
  t.type({ va: hex }),
  t.partial({
    pfn: anyNumber,
    pm: t.array(t.string),
    pagemap_zero: t.unknown,
    kc: anyNumber,
    lvl: whole,
    pte: wideHex,
    special: t.union([whole, t.boolean]),
    sp: t.partial({ ref: anyNumber, head: anyNumber, nr: anyNumber }),
  }),
]);

/** Everything of one process at one moment. */
export const packedRecord = t.intersection([
  t.type({ maps: t.string }),
  t.partial({
    snap: whole,
    label: t.string,
    pid: whole,
    smaps: t.union([t.string, t.null]),
    mm: t.union([mmRecord, t.null]),
    vmas: t.union([t.array(vmaRecord), t.null]),
    pages: t.union([t.array(pageRecord), t.null]),
  }),
]);

export type MmRecord = t.TypeOf<typeof mmRecord>;
export type VmaRecord = t.TypeOf<typeof vmaRecord>;
export type PageRecord = t.TypeOf<typeof pageRecord>;

/** What a value is not, in a few words: `start is no hexadecimal number`; undefined: it is all that it must be. */
export function faultOf(result: t.Validation<unknown>): string | undefined {
  if (result._tag === 'Right') return undefined;
  const { context } = result.left[0]!;
  // positions in lists and alternatives would make a kind of every line
  const path = context.map(({ key }) => key).filter((key) => key !== '' && !/^\d+$/.test(key));
  const { name } = context.at(-1)!.type;
  return `${path.join('.') || 'a record'} is not ${/^an? /.test(name) ? name : `a ${name}`}`;
}
