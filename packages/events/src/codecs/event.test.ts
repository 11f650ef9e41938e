// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { LogError } from '../errors/log-error.js';
import { decodeEvent, encodeEvent } from './event.js';

const where = { file: 'ring.jsonl', line: 7 };

function failure(json: unknown): LogError {
  try {
    decodeEvent(json, where);
  } catch (error) {
    if (error instanceof LogError) return error;
    throw error;
  }
  throw new Error('decoded without an error');
}

describe('forms that people write', () => {
  it.each([
    ['ring[2]', { label: 'ring', page: 2 }],
    ['ring[0x10]', { label: 'ring', page: 16 }],
    ['ring', { label: 'ring', page: 0 }],
    ['libc.so.6:text[1]', { label: 'libc.so.6:text', page: 1 }],
    ['0x20001000', { addr: 0x20001000 }],
    [0x20001000, { addr: 0x20001000 }],
  ])('place %j', (at, expected) => {
    expect(decodeEvent({ type: 'read', at })).toEqual({ type: 'access', mm: 0, op: 'read', at: expected });
  });

  it.each([
    ['P3', { label: 'P3' }],
    ['Z', { label: 'Z' }],
    ['0x260', { pfn: 0x260 }],
    [608, { pfn: 608 }],
  ])('frame %j', (frame, expected) => {
    expect(decodeEvent({ type: 'get_page', frame })).toEqual({ type: 'get_page', frame: expected });
  });

  it.each([
    ['VM_PFNMAP|VM_IO', 0x4400],
    [' pfnmap | io ', 0x4400],
    [['VM_PFNMAP', 'VM_IO'], 0x4400],
    [['VM_PFNMAP', '0x800'], 0xc00],
    ['0x4400', 0x4400],
    [0x4400, 0x4400],
    ['VM_NONE', 0],
    ['VM_MERGEABLE', 0x80000000],
    ['VM_PAT', 0x1000000],
  ])('vm_flags %j', (set, expected) => {
    expect(decodeEvent({ type: 'vm_flags_mod', at: 'a', set })).toMatchObject({ set: expected, clear: 0 });
  });

  it.each([
    ['rw', 3],
    ['wr', 3],
    ['r-x', 5],
    ['---', 0],
    ['none', 0],
    ['PROT_NONE', 0],
    ['PROT_READ|PROT_WRITE', 3],
    [['PROT_READ', 'exec'], 5],
    [7, 7],
    ['0x3', 3],
  ])('prot %j', (prot, expected) => {
    expect(decodeEvent({ type: 'mprotect', at: 'a', pages: 1, prot })).toMatchObject({ prot: expected });
  });

  it.each([
    ['rws', 11],
    ['VM_READ|VM_SHARED', 9],
    [4, 4],
  ])('prot of vmf_insert_pfn_prot %j', (prot, expected) => {
    const event = { type: 'vmf_insert_pfn_prot', at: 'a', frame: 'D0', prot };
    expect(decodeEvent(event)).toMatchObject({ prot: expected });
  });

  it.each([
    ['MADV_DONTNEED', 'MADV_DONTNEED'],
    ['dontneed', 'MADV_DONTNEED'],
    ['Madv_Free', 'MADV_FREE'],
    ['unknown', 'unknown'],
  ])('advice %j', (advice, expected) => {
    expect(decodeEvent({ type: 'madvise', at: 'a', pages: 1, advice })).toMatchObject({ advice: expected });
  });

  it('read, write and exec for access', () => {
    expect(decodeEvent({ type: 'write', mm: 1, at: 'a', value: 3 })).toEqual({
      type: 'access',
      op: 'write',
      mm: 1,
      at: { label: 'a', page: 0 },
      value: 3,
    });
    expect(decodeEvent({ type: 'exec', at: 'a' })).toMatchObject({ type: 'access', op: 'exec' });
  });
});

describe('defaults', () => {
  it('of mmap without a file', () => {
    expect(decodeEvent({ type: 'mmap', pages: 2, prot: 'r' })).toEqual({
      type: 'mmap',
      mm: 0,
      pages: 2,
      prot: 1,
      flags: 0x22,
      pgoff: 0,
    });
  });

  it('of mmap with a file', () => {
    expect(decodeEvent({ type: 'mmap', pages: 2, prot: 'r', file: 'dev' })).toMatchObject({ flags: 1, file: 'dev' });
  });

  it('of mremap with and without a place', () => {
    const mremap = { type: 'mremap', at: 'a', pages: 1, new_pages: 2 };
    expect(decodeEvent(mremap)).toMatchObject({ flags: 0 });
    expect(decodeEvent({ ...mremap, to: '0x1000' })).toMatchObject({ flags: 3, to: { addr: 0x1000 } });
  });

  it('of calls in mmap', () => {
    const call = [
      { type: 'remap_pfn_range', frame: 'D0' },
      { type: 'vmf_insert_mixed', at: '[1]', frame: 'D1' },
      { type: 'clear_pte', at: 'ring[2]' },
    ];
    expect(decodeEvent({ type: 'mmap', label: 'ring', pages: 2, prot: 'r', file: 'dev', call })).toMatchObject({
      call: [
        { type: 'remap_pfn_range', at: { label: '', page: 0 }, frame: { label: 'D0' }, pages: 1 },
        { type: 'vmf_insert_mixed', at: { label: '', page: 1 }, frame: { label: 'D1' }, pfn_t: 'PFN_DEV' },
        { type: 'clear_pte', at: { label: '', page: 2 }, pages: 1 },
      ],
    });
  });

  it('are not written, and false is the same as absent', () => {
    const json = {
      type: 'mmap',
      mm: 0,
      pages: 1,
      prot: 'r',
      flags: 'MAP_PRIVATE|MAP_ANONYMOUS',
      pgoff: 0,
      ops: { close: false },
    };
    expect(encodeEvent(decodeEvent(json))).toEqual({ type: 'mmap', pages: 1, prot: 'r', ops: {} });
  });

  it.each([
    [{ no_split: true }, { may_split: 'EINVAL' }],
    [{ no_split: false, close: true }, { close: true }],
    [{ may_split: 'EPERM' }, { may_split: 'EPERM' }],
  ])('an older log says %j', (ops, now) => {
    const json = { type: 'mmap', pages: 1, prot: 'r', file: 'dev', ops };
    expect(encodeEvent(decodeEvent(json))).toEqual({ ...json, ops: now });
    expect(() => decodeEvent({ ...json, ops: { no_split: 'yes' } })).toThrow('expected a field of ops');
  });
});

describe('errors', () => {
  const mmap = { type: 'mmap', pages: 1, prot: 'rw', file: 'dev' };
  const fault = (handler: object): object => ({ ...mmap, ops: { fault: handler } });
  const call = (...calls: object[]): object => ({ ...mmap, call: calls });

  // biome-ignore format: one row for each error
  it.each([
    ['json-not-object', [], 'expected an event, a JSON object, found an empty array'],
    ['json-not-object', 'mmap', 'expected an event, a JSON object, found "mmap"'],
    ['header-repeated', { specialbit: 1 }, 'expected an event (a log has one header, on its first line), found a header'],
    ['type-missing', { at: 'ring' }, 'type: expected the type of an event, found nothing'],
    ['type-unknown', { type: 'mumap' }, 'type: expected the type of an event (did you mean "munmap"?), found "mumap"'],
    ['type-unknown', { type: 'insert_pfn' }, 'type: expected the type of an event (did you mean "vmf_insert_pfn"?), found "insert_pfn"'],
    ['type-unknown', { type: 'constructor' }, 'type: expected the type of an event, found "constructor"'],
    ['type-unknown', { type: 3 }, 'type: expected the type of an event, found 3'],
    ['field-missing', { type: 'munmap', pages: 1 }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found nothing'],
    ['field-missing', { type: 'munmap', at: 'ring' }, 'pages: expected a number (12 or "0xc"), found nothing'],
    ['field-missing', fault({ do: 'page' }), 'ops.fault.frame: expected a frame: a label ("P3") or a pfn ("0x260"), found nothing'],
    ['field-unknown', { type: 'munmap', at: 'ring', pagse: 1 }, 'pagse: expected a field of munmap (did you mean "pages"?), found "pagse"'],
    ['field-unknown', { type: 'munmap', at: 'ring', pages: 1, when: 3 }, 'when: expected a field of munmap (mm, at, pages), found "when"'],
    ['field-unknown', { type: 'unpin_user_pages', mm: 0 }, 'mm: expected no field, found "mm"'],
    ['field-unknown', fault({ do: 'page', frame: 'P0', gaurded: true }), 'ops.fault.gaurded: expected a field of fault (did you mean "guarded"?), found "gaurded"'],
    ['field-unknown', call({ type: 'clear_pte', mm: 1 }), 'call[0].mm: expected a field of clear_pte (at, pages), found "mm"'],
    ['field-unknown', { type: 'read', at: 'a', value: 1 }, 'value: expected a field of read (mm, at, raced, alloc), found "value"'],
    ['field-invalid', { type: 'read', at: 'ring[2' }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found "ring[2"'],
    ['field-invalid', { type: 'read', at: '[2]' }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found "[2]"'],
    ['field-invalid', { type: 'read', at: 'ring[-1]' }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found "ring[-1]"'],
    ['field-invalid', { type: 'read', at: '0x20001004' }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found "0x20001004"'],
    ['field-invalid', { type: 'read', at: '20001000' }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found "20001000"'],
    ['field-invalid', { type: 'read', at: null }, 'at: expected a page: "ring[2]", "ring" or a page-aligned address "0x20001000", found null'],
    ['field-invalid', { type: 'get_page', frame: '260' }, 'frame: expected a frame: a label ("P3") or a pfn ("0x260"), found "260"'],
    ['field-invalid', { type: 'exit', mm: -1 }, 'mm: expected a number (12 or "0xc"), found -1'],
    ['field-invalid', { type: 'exit', mm: 1.5 }, 'mm: expected a number (12 or "0xc"), found 1.5'],
    ['field-invalid', { type: 'exit', mm: '12' }, 'mm: expected a number (12 or "0xc"), found "12"'],
    ['field-invalid', { type: 'write', at: 'a', value: 256 }, 'value: expected a byte (0 to 255), found 256'],
    ['field-invalid', { ...mmap, prot: 'rq' }, 'prot: expected a protection ("rw", "none", "PROT_READ|PROT_WRITE"), found "rq"'],
    ['field-invalid', { ...mmap, prot: 'rr' }, 'prot: expected a protection ("rw", "none", "PROT_READ|PROT_WRITE"), found "rr"'],
    ['field-invalid', { ...mmap, flags: 'MAP_SHARED|MAP_FIXD' }, 'flags: expected mmap flags ("MAP_SHARED|MAP_FIXED") (did you mean "MAP_FIXED"?), found "MAP_FIXD"'],
    ['field-invalid', { ...mmap, flags: ['MAP_SHARED', 2] }, 'flags: expected mmap flags ("MAP_SHARED|MAP_FIXED"), found 2'],
    ['field-invalid', { ...mmap, label: '2ring' }, 'label: expected a label (a letter, then letters, digits and _.:/@-), found "2ring"'],
    ['field-invalid', { ...mmap, call: {} }, 'call: expected an array of driver calls, found an object'],
    ['field-invalid', { ...mmap, ops: 'none' }, 'ops: expected ops, found "none"'],
    ['field-invalid', fault({ do: 'vmf_insert_pfn_pmd' }), 'ops.fault.do: expected what a handler does for one page; huge entries are inserted by ops.huge_fault, as in "ops":{"huge_fault":{"frame":"0x8000"}}, found "vmf_insert_pfn_pmd"'],
    ['field-invalid', fault({ do: 'sigbuss' }), 'ops.fault.do: expected one of "page", "vmf_insert_pfn", "vmf_insert_mixed", "vmf_insert_mixed_mkwrite", "vm_insert_page", "remap_pfn_range", "call", "sigbus" (did you mean "sigbus"?), found "sigbuss"'],
    ['field-invalid', { type: 'vm_flags_mod', at: 'a', set: 'VM_PFMAP|VM_IO' }, 'set: expected vm_flags ("VM_PFNMAP|VM_IO") (did you mean "VM_PFNMAP"?), found "VM_PFMAP"'],
    ['field-invalid', { type: 'vm_flags_mod', at: 'a', set: 2 ** 53 }, 'set: expected vm_flags ("VM_PFNMAP|VM_IO"), found 9007199254740992'],
    ['field-invalid', { type: 'madvise', at: 'a', pages: 1, advice: 'dontned' }, 'advice: expected an advice ("MADV_DONTNEED") (did you mean "MADV_DONTNEED"?), found "dontned"'],
    ['field-invalid', { type: 'set_pte', at: 'a', frame: 'P0', special: 1 }, 'special: expected true or false, found 1'],
    ['field-invalid', { type: 'mmap.end', error: 'enomem' }, 'error: expected the name of an errno ("ENOMEM"), found "enomem"'],
    ['field-invalid', call(['x'] as never), 'call[0]: expected a driver call such as {"type":"remap_pfn_range","frame":"D0"}, found an array'],
    ['type-missing', call({ frame: 'D0' }), 'call[0].type: expected the type of a driver call, found nothing'],
    ['type-unknown', call({ type: 'clear_pte' }, { type: 'remap' }), 'call[1].type: expected the type of a driver call (did you mean "remap_pfn_range"?), found "remap"'],
    ['type-unknown', call({ type: 'munmap' }), 'call[0].type: expected the type of a driver call, found "munmap"'],
    ['field-invalid', call({ type: 'clear_pte', at: '0x1000' }), 'call[0].at: expected a page of the new mapping: "[2]", found "0x1000"'],
    ['field-invalid', { ...call({ type: 'clear_pte', at: 'other[1]' }), label: 'ring' }, 'call[0].at: expected a page of the new mapping: "[2]", found "other[1]"'],
    ['field-conflict', fault({ do: 'sigbus', frame: 'D0' }), 'ops.fault.frame: expected no frame in a handler that answers "sigbus", found "frame"'],
    ['field-conflict', { type: 'set_vm_pgoff', at: 'a', frame: 'D0', self: true }, 'self: expected either "frame" or "self", found both'],
    ['field-conflict', { type: 'vmf_insert_pfn', at: 'a', frame: 'D0', prot: 'r' }, 'prot: expected vmf_insert_pfn_prot where a protection is given, found "prot" in vmf_insert_pfn'],
    ['field-conflict', { type: 'mmap', label: 'a', pages: 1, prot: 'rw', file: 'dev', call: [{ type: 'vm_insert_page', frame: 'P0', mmap_lock: 'read' }] }, 'call[0].mmap_lock: expected no lock of its own: the kernel holds it for writing, found "mmap_lock" in "call"'],
    ['field-conflict', { type: 'access', op: 'read', at: 'a', value: 1 }, 'value: expected a write where a value is given, found "value" in a read'],
  ])('%s: %j', (code, json, message) => {
    const error = failure(json);
    expect(error.message).toBe(`ring.jsonl:7: ${message}`);
    expect(error.code).toBe(code);
    expect(error.remedy).not.toBe('');
  });
});
