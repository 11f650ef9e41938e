// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Patterns of drivers that go wrong. Each asks as much of the source as tells it from its harmless likes; what comes of it
 * the model says, on every lane.
 */
import { event, isHarmful, type Line, must, NEEDS, type Stage, type Verdict } from '@specialbit/advice';
import { InternalError, PAGE_INSERTS } from '@specialbit/events';
import { type Archetype, isWhole } from '../driver/archetype.js';
import { DriverStage, playable } from '../model/stage.js';
import type { Candidate, Rule, Seen } from './rule.js';

/** They set bits of vm_flags, and of the driver's own pages, too: wider than what the atlas and the importers call so. */
const REMAPS = new Set([
  'remap_pfn_range',
  'io_remap_pfn_range',
  'vm_iomap_memory',
  'remap_vmalloc_range',
  'dma_mmap_coherent',
  'dma_mmap_wc',
  'dma_mmap_pages',
]);
const INSERTS_PAGES: ReadonlySet<string> = new Set(PAGE_INSERTS);

/** Whose `->mmap` is called as the process asked for it: others are called behind tests of their caller's. */
const UNTESTED =
  /^struct (file_operations|dma_buf_ops|drm_gem_object_funcs|proc_ops|bin_attribute|vfio_device_ops|fb_ops)\b/;

/** The lines of a suite of a need. */
function suite(need: string, name: string, stage: Stage): readonly Line[] {
  const found = NEEDS.find((one) => one.name === need)?.suites.find((one) => one.name === name);
  if (found === undefined) throw new InternalError(`no suite ${need}/${name}`);
  return found.lines(stage);
}

const read = (stage: Stage): readonly Line[] => suite('use', 'read', stage);
const dies = ({ kind }: Verdict): boolean => kind === 'dies' || kind === 'reports';

function candidate(
  seen: Seen,
  does: string,
  stage: Stage,
  lines: readonly Line[],
  place = seen.archetype.place,
): Candidate[] {
  return lines.length === 0 ? [] : [{ place, does, stage, lines }];
}

const shared = (archetype: Archetype): DriverStage => new DriverStage(archetype, { shared: true });

/** The call of mm that its ->fault makes; undefined for none. */
const inFault = ({ fault }: Archetype): string | undefined =>
  fault?.kind === 'map' ? fault.step.call.event : undefined;

export const RULES: readonly Rule[] = [
  {
    name: 'reference-kept',
    severity: 'error',
    words: 'the handler takes a reference for a page that is mapped without one: nobody drops it',
    remedy: 'do not take the reference, or hand the page out in vmf->page',
    candidates: (seen) => {
      const { archetype } = seen;
      if (archetype.fault?.kind !== 'map' || archetype.fault.gets === undefined || !playable(archetype)) return [];
      // a driver that counts its mappings drops it there
      if (archetype.ops?.handlers.close?.steps?.some((step) => step.kind === 'get' && step.put)) return [];
      const stage = shared(archetype);
      const get = { type: 'get_page', frame: stage.frame(0) };
      const lines = [...stage.map().map(event), event(get), ...stage.touch('read', 0).map(event)];
      const { name } = archetype.fault.step;
      return candidate(seen, `takes a reference before ${name}()`, stage, lines, archetype.fault.gets);
    },
    harm: ({ kind }) => kind === 'leaks',
  },
  {
    name: 'reference-missing',
    severity: 'error',
    words: 'the handler takes no reference for the page in vmf->page: unmapping drops one that somebody else has',
    remedy: 'get_page() before the handler returns',
    candidates: (seen) => {
      const { archetype } = seen;
      if (archetype.fault?.kind !== 'page' || !archetype.fault.unheld || !playable(archetype) || !isWhole(archetype))
        return [];
      const stage = shared(archetype);
      // the handler of the model takes the reference that this one does not
      const missing = event({ type: 'put_page', frame: stage.frame(0) });
      const lines = [...stage.map().map(event), ...stage.touch('read', 0).map(event), missing];
      return candidate(seen, 'hands out a page in vmf->page without a reference', stage, lines);
    },
    harm: ({ kind }) => kind === 'freed',
  },
  {
    name: 'insert-page-in-fault',
    severity: 'error',
    words: 'vm_insert_page() in a handler wants VM_MIXEDMAP, which only ->mmap can set',
    remedy: 'set VM_MIXEDMAP in ->mmap',
    candidates: (seen) => {
      const { archetype } = seen;
      const name = inFault(archetype);
      if (name === undefined || !INSERTS_PAGES.has(name) || !playable(archetype)) return [];
      if (archetype.maySet.includes('VM_MIXEDMAP') || !isWhole(archetype)) return [];
      const stage = shared(archetype);
      return candidate(seen, `calls ${name}() in ->fault, and ->mmap does not set VM_MIXEDMAP`, stage, read(stage));
    },
    harm: dies,
  },
  {
    name: 'remap-in-fault',
    severity: 'error',
    words: 'a call that sets bits of vm_flags in a handler, which holds the mmap lock for reading only',
    remedy: 'call it in ->mmap, or vmf_insert_pfn() in ->fault',
    candidates: (seen) => {
      const { archetype } = seen;
      const name = inFault(archetype);
      if (name === undefined || !REMAPS.has(name) || !playable(archetype)) return [];
      const stage = shared(archetype);
      const lines = [
        ...stage.map().map(event),
        ...stage.touch('read', 0).map(event),
        must('flags-kept', 'no flag of the VMA changes'),
      ];
      return candidate(seen, `calls ${name}() in ->fault`, stage, lines);
    },
    harm: (verdict) => isHarmful(verdict.kind),
  },
  {
    name: 'page-in-pfnmap',
    severity: 'warning',
    words:
      'a page that ->fault hands out in a VM_PFNMAP mapping is counted, and without the special bit not found again',
    remedy: 'vmf_insert_pfn(), or VM_MIXEDMAP in place of VM_PFNMAP',
    candidates: (seen) => {
      const { archetype } = seen;
      if (archetype.fault?.kind !== 'page' || !archetype.set.includes('VM_PFNMAP') || !playable(archetype)) return [];
      const stage = shared(archetype);
      return candidate(seen, 'hands out a page with VM_PFNMAP set', stage, read(stage));
    },
    harm: (verdict) => isHarmful(verdict.kind),
  },
  {
    name: 'private-mapping',
    severity: 'error',
    words: 'a process that maps it with MAP_PRIVATE brings the kernel down',
    remedy: 'refuse what is_cow_mapping() says yes to in ->mmap',
    candidates: (seen) => {
      const { archetype, mapping } = seen;
      if (archetype.refuses.private || !UNTESTED.test(mapping.of) || !playable(archetype) || !isWhole(archetype))
        return [];
      if (archetype.refuses.writable && archetype.clear.includes('VM_MAYWRITE')) return [];
      const stage = new DriverStage(archetype, { shared: false });
      const works = shared(archetype);
      return candidate(seen, 'does not refuse private mappings', stage, read(stage), archetype.mmap).map((one) => ({
        ...one,
        unless: { stage: works, lines: read(works) },
      }));
    },
    harm: ({ kind }) => kind === 'dies',
  },
  {
    name: 'wrong-flags',
    severity: 'error',
    words: 'the bits of vm_flags that ->mmap sets are not those that the call wants',
    remedy: 'set VM_PFNMAP for pfns or VM_MIXEDMAP for pages: the call has a BUG_ON for both, and for neither',
    candidates: (seen) => {
      const { archetype, mapping } = seen;
      const name = inFault(archetype);
      if (name === undefined || INSERTS_PAGES.has(name) || REMAPS.has(name)) return [];
      if (!UNTESTED.test(mapping.of) || !playable(archetype) || !isWhole(archetype)) return [];
      // what some other way sets may be set on this one, by a condition that is not understood
      if (archetype.maySet.length !== archetype.set.length) return [];
      const stage = shared(archetype);
      const set =
        archetype.set.filter((flag) => /PFNMAP|MIXEDMAP/.test(flag)).join(' and ') ||
        'neither VM_PFNMAP nor VM_MIXEDMAP';
      return candidate(seen, `calls ${name}() with ${set}`, stage, read(stage));
    },
    harm: dies,
  },
  {
    name: 'revoked-while-mapped',
    severity: 'warning',
    words: 'what is revoked while ->mmap runs stays mapped: the VMA is not yet where unmap_mapping_range() looks',
    remedy: 'populate in ->fault, which comes after the VMA is linked',
    candidates: (seen) => {
      const { archetype, file } = seen;
      if (
        file.revokes === undefined ||
        archetype.calls.length === 0 ||
        archetype.hook !== 'mmap' ||
        !playable(archetype)
      )
        return [];
      const stage = shared(archetype);
      const lines = suite('revoke', 'revoke-during-mmap', stage);
      const revokes = `${file.revokes.file.split('/').at(-1)}:${file.revokes.line}`;
      return candidate(seen, `calls ${archetype.calls[0]!.name}() in ->mmap, and ${revokes} revokes`, stage, lines);
    },
    harm: (verdict) => isHarmful(verdict.kind),
  },
  {
    name: 'grows-unchecked',
    severity: 'warning',
    words: 'growing it by mremap, beyond the size that ->mmap checked, and ->fault checks none',
    remedy: 'set VM_DONTEXPAND, or check in ->fault',
    candidates: (seen) => {
      const { archetype } = seen;
      const { fault, bounds, maySet, calls, ops } = archetype;
      if (fault === undefined || fault.kind === 'page cache' || !playable(archetype) || !isWhole(archetype)) return [];
      if (calls.length > 0 || bounds.fault || !bounds.mmap || maySet.includes('VM_DONTEXPAND')) return [];
      if (ops?.handlers.mremap !== undefined) return [];
      const stage = shared(archetype);
      const lines = suite('no-grow', 'grow', stage);
      return candidate(
        seen,
        'checks the size in ->mmap, sets no VM_DONTEXPAND, and checks nothing in ->fault',
        stage,
        lines,
      );
    },
    harm: ({ kind }) => kind === 'wrong',
  },
  {
    name: 'tail-pages',
    severity: 'error',
    words: 'pages behind the first of an allocation that is no folio have no reference: the last unmap frees them',
    remedy: 'allocate with __GFP_COMP, or split_page()',
    candidates: (seen) => {
      const { archetype, file } = seen;
      const { fault } = archetype;
      if (fault === undefined || !('step' in fault) || !playable(archetype)) return [];
      if (fault.kind !== 'page' && !INSERTS_PAGES.has(fault.step.name)) return [];
      const words = new Set(fault.step.argument.match(/\w+/g));
      const from = [...file.allocates].find(([name]) => words.has(name))?.[1];
      if (from === undefined) return [];
      const stage = new DriverStage(archetype, { shared: true, order: 1 });
      return candidate(
        seen,
        `hands out pages of an allocation of a higher order (line ${from.line})`,
        stage,
        read(stage),
      );
    },
    harm: (verdict) => isHarmful(verdict.kind),
  },
];
