// SPDX-License-Identifier: GPL-2.0-or-later
/** The driver's handlers, as the log describes them (struct vm_operations_struct). */
import { describe, expect, it } from 'vitest';
import {
  FAULT_FLAG_VMA_LOCK,
  VM_FAULT_LOCKED,
  VM_FAULT_NOPAGE,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
} from '../base/mm-types.js';
import { Vmf } from '../base/vmf.js';
import { BOTH, D0, P0, Play } from '../play.testkit.js';
import { call_fault, call_page_mkwrite, call_pfn_mkwrite, vmf_can_call_fault } from './vm-ops.js';

describe.each(BOTH)('a fault handler %s', (_, arch) => {
  const fault = (handler: object, fields: object = {}, page = 0): [Play, number, Vmf] => {
    const p = new Play(arch);
    p.mmap('ring', { file: 'dev', pages: 4, ops: { fault: handler }, ...fields });
    const vma = p.vma('ring');
    const vpn = p.vpn('ring') + page;
    const vmf = new Vmf(vma, vpn, 0, vma.vm_pgoff + page);
    return [p, call_fault(p.k, vmf), vmf];
  };

  it('gives the page of the offset, with a reference', () => {
    const [p, ret, vmf] = fault({ do: 'page', frame: 'P0' }, {}, 2);
    expect([ret, vmf.page, p.counts(P0 + 2)]).toEqual([0, P0 + 2, [2, 0]]);
  });

  it('serves any page, as many frames further as the page is, whatever labels there are', () => {
    const call = [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }];
    const [p, ret] = fault({ do: 'vmf_insert_pfn', frame: 'D0', frames: 128 }, { call, pages: 128 }, 127);
    expect([ret, p.pfn('ring[127]')]).toEqual([VM_FAULT_NOPAGE, D0 + 127]);
  });

  it('counts the offset from the one that the mapping began with', () => {
    const [, , vmf] = fault({ do: 'page', frame: 'P0' }, { pgoff: 9 }, 1);
    expect(vmf.page).toBe(P0 + 1);
  });

  it.each([
    ['where it says so', { do: 'sigbus' }, 0, 'handler_sigbus'],
    ['behind its frames', { do: 'page', frame: 'P0', frames: 2 }, 2, 'handler_beyond'],
    ['for a frame without struct page', { do: 'page', frame: 'D0' }, 0, 'handler_no_page'],
  ])('is SIGBUS %s', (_name, handler, page, reason) => {
    const [p, ret] = fault(handler, {}, page);
    expect([ret, p.k.out.calls]).toEqual([VM_FAULT_SIGBUS, [1, 0, 0]]);
    expect(p.run('read', { at: `ring[${page}]` }).reasons[0]).toBe(reason);
  });

  it('that inserts a pfn does it at the faulting address', () => {
    const call = [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }];
    const [p, ret] = fault({ do: 'vmf_insert_pfn', frame: 'D0' }, { call }, 3);
    expect([ret, p.pfn('ring[3]'), p.pte('ring[2]')]).toEqual([VM_FAULT_NOPAGE, D0 + 3, '-']);
  });

  it('that is guarded refuses what the helper would BUG at, and says at what', () => {
    // neither VM_PFNMAP nor VM_MIXEDMAP
    const [p, ret] = fault({ do: 'vmf_insert_pfn', frame: 'D0', guarded: true });
    expect([ret, typeof p.k.out.refused]).toEqual([VM_FAULT_SIGBUS, 'string']);
    const q = new Play(arch);
    q.mmap('ring', { file: 'dev', ops: { fault: { do: 'vmf_insert_pfn', frame: 'D0' } } });
    expect(q.run('read', { at: 'ring' }).crash?.where).toBe('vmf_insert_pfn_prot');
  });

  it('is cut off with SIGBUS after 40 calls within one event', () => {
    const [p, , vmf] = fault({ do: 'page', frame: 'P0' });
    for (let i = 1; i < 40; i++) expect(call_fault(p.k, vmf)).toBe(0);
    expect([p.k.out.loop, call_fault(p.k, vmf), p.k.out.loop]).toEqual([false, VM_FAULT_SIGBUS, true]);
  });
});

it('page_mkwrite locks the page, pfn_mkwrite says nothing, and both are counted', () => {
  const p = new Play();
  p.mmap('ring', { file: 'dev' });
  expect([call_page_mkwrite(p.k), call_pfn_mkwrite(p.k), p.k.out.calls]).toEqual([VM_FAULT_LOCKED, 0, [0, 1, 1]]);
});

it('vmf_can_call_fault: under the VMA’s own lock only where there is map_pages', () => {
  const p = new Play();
  p.mmap('ring', { file: 'dev' });
  p.mmap('shm', { file: 'tmp' });
  const asked = (at: string, flags: number): number => vmf_can_call_fault(new Vmf(p.vma(at), p.vpn(at), flags, 0));
  expect([asked('ring', 0), asked('ring', FAULT_FLAG_VMA_LOCK), asked('shm', FAULT_FLAG_VMA_LOCK)]).toEqual([
    0,
    VM_FAULT_RETRY,
    0,
  ]);
});
