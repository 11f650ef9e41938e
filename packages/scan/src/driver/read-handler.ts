// SPDX-License-Identifier: GPL-2.0-or-later
/** A handler's steps: its own, and those of the functions that it gives its mapping to. */
import type { CFunction } from '../c/functions.js';
import type { Item } from '../c/items.js';
import {
  DISPATCHES,
  FLAG_CALLS,
  HANDLER_MEMBER,
  INLINE,
  KEEPS,
  looksOnly,
  MAP_CALLS,
  PAGE_CACHE,
  PAGE_CACHE_OPS,
  VMA_TYPES,
  WRITES_ENTRIES,
} from './known-calls.js';
import type { Memory, Step } from './steps.js';

/** Where the function of a name is, for a call in a file; undefined where no source of it is here. */
export type Find = (name: string, file: string) => Found | undefined;

export interface Found {
  readonly file: string;
  readonly fn: CFunction;
  /** The macros of its file. */
  readonly defines: ReadonlyMap<string, string>;
}

type ItemOf<K extends Item['kind']> = Extract<Item, { kind: K }>;
type At = Pick<Step, 'place' | 'guards' | 'within'>;

/** So deep are functions followed. */
const DEPTH = 12;

export function readHandler(found: Found, find: Find): Step[] {
  const steps: Step[] = [];
  new Reader(found, find, { guards: [], within: [] }, [found.fn.name], steps, []).read();
  return steps;
}

class Reader {
  /** Names that stand for the mapping. */
  private readonly mappings = new Set<string>();
  /** What variables were last given, as text. */
  private readonly values = new Map<string, string>();

  private readonly file: string;
  private readonly fn: CFunction;

  constructor(
    { file, fn, defines }: Found,
    private readonly find: Find,
    private readonly outer: Pick<At, 'guards'> & { readonly within: readonly object[] },
    private readonly stack: readonly string[],
    private readonly steps: Step[],
    /** Its parameters that are the mapping, or have it as a member. */
    given: readonly number[],
  ) {
    this.file = file;
    this.fn = fn;
    for (const [name, value] of defines) this.values.set(name, value);
    for (const { name, type } of [...fn.parameters, ...fn.locals]) if (VMA_TYPES.has(type)) this.mappings.add(name);
    for (const at of given) if (fn.parameters[at] !== undefined) this.mappings.add(fn.parameters[at].name);
    for (const { name, value } of fn.locals) {
      if (value !== '') this.values.set(name, value);
      if (this.holds(value)) this.mappings.add(name);
    }
  }

  /** `{ .vma = vma }`: who gets the structure has the mapping. */
  private holds(value: string): boolean {
    const members = [...value.matchAll(/\.(?:vma|vmf|desc)\s*=\s*&?([\w>.-]+)\s*[,}]/g)];
    return members.some(([, given]) => this.isMapping(given!));
  }

  read(): void {
    const own = {};
    const within = [...this.outer.within, own];
    for (const item of this.fn.items) {
      const guards = [...this.outer.guards, ...item.guards.map((guard) => ({ ...guard, within: own }))];
      const at = { place: { file: this.file, line: item.line }, guards, within };
      if (item.kind === 'call') this.call(item, at);
      else if (item.kind === 'assign') this.assign(item, at);
      else if (item.kind === 'leaves') this.leaves(item.text, at);
      else if (this.comparesPlaces(item.text)) this.steps.push({ ...at, kind: 'bounds' });
    }
  }

  private isMapping(argument: string): boolean {
    const name = argument.replace(/^&/, '');
    return this.mappings.has(name.replace(/((->|\.)(vma|vmf|desc))+$/, ''));
  }

  private call({ name, named, args }: ItemOf<'call'>, at: At): void {
    const map = MAP_CALLS.get(name);
    if (map !== undefined) {
      const argument = this.resolved(args[map.memory ?? -1] ?? '', 0);
      const memory = map.pages === true ? 'pages' : memoryOf(argument);
      this.steps.push({ ...at, kind: 'map', name, call: map, memory, argument });
      return;
    }
    const flags = FLAG_CALLS.get(name);
    if (flags !== undefined) {
      const pick = (which: 'rest' | 1 | 2 | undefined): string =>
        which === undefined ? '' : which === 'rest' ? args.slice(1).join(' ') : (args[which] ?? '');
      this.bits(at, pick(flags.set), pick(flags.clear));
      return;
    }
    if (GETS.test(name)) this.steps.push({ ...at, kind: 'get', argument: args[0] ?? '', put: false });
    else if (MAY_GET.test(name)) this.steps.push({ ...at, kind: 'get', argument: '', put: false, maybe: true });
    if (PUTS.test(name)) this.steps.push({ ...at, kind: 'get', argument: args[0] ?? '', put: true });
    if (!args.some((argument) => this.isMapping(argument))) {
      if (WRITES_ENTRIES.test(name)) this.steps.push({ ...at, kind: 'unfollowed', name, why: 'entries' });
      // who is told a place may say that there is none
      if (!looksOnly(name) && args.some((argument) => this.saysPlace(argument)))
        this.steps.push({ ...at, kind: 'bounds' });
      return;
    }
    if (PAGE_CACHE.has(name)) this.steps.push({ ...at, kind: 'page cache', name });
    else if (KEEPS.has(name)) this.keeps((args[0] ?? '').replace(/^&/, ''), '', at);
    else if (DISPATCHES.has(name)) this.steps.push({ ...at, kind: 'passes on', name: DISPATCHES.get(name)! });
    else if (named) this.follow(INLINE.get(name) ?? name, args, at);
    else if (!looksOnly(name)) this.pointer(name, at);
  }

  /** A call through a member of a structure: of a table of handlers, or of something of the driver's own. */
  private pointer(name: string, at: At): void {
    if (HANDLER_MEMBER.test(memberOf(name))) this.steps.push({ ...at, kind: 'passes on', name });
    else this.steps.push({ ...at, kind: 'unfollowed', name, why: 'pointer' });
  }

  private follow(name: string, args: readonly string[], at: At): void {
    const found = this.find(name, this.file);
    if (found === undefined) {
      // what a pointer of a structure names is called through a local variable or a parameter, too
      const value = this.values.get(name) ?? '';
      const pointer = [...this.fn.locals, ...this.fn.parameters].some((variable) => variable.name === name);
      if (pointer || value.includes('->')) this.pointer(value.includes('->') ? value : name, at);
      else if (!looksOnly(name)) this.steps.push({ ...at, kind: 'unfollowed', name, why: 'elsewhere' });
    } else if (!this.stack.includes(found.fn.name)) {
      if (!found.fn.isRead) this.steps.push({ ...at, kind: 'unfollowed', name, why: 'elsewhere' });
      else if (this.stack.length >= DEPTH) this.steps.push({ ...at, kind: 'unfollowed', name, why: 'deep' });
      else {
        const given = args.flatMap((argument, i) => (this.isMapping(argument) ? [i] : []));
        const outer = { guards: at.guards, within: at.within ?? [] };
        new Reader(found, this.find, outer, [...this.stack, found.fn.name], this.steps, given).read();
      }
    }
  }

  private assign({ to, owner, member, operator, value }: ItemOf<'assign'>, at: At): void {
    if (member === '') {
      if (operator === '=') this.values.set(to, value);
      else if (operator === '|=') this.values.set(to, `${this.values.get(to) ?? ''} | ${value}`);
      if (this.isMapping(value)) this.mappings.add(to);
      return;
    }
    if (!this.isMapping(owner)) {
      if (this.isMapping(value)) this.keeps(to, owner, at);
      return;
    }
    if (member === 'vm_flags') this.flags(at, operator, value);
    else if (member === 'vm_ops') this.vmOps(value, at);
    else if (member === 'page' && value !== 'NULL')
      this.steps.push({ ...at, kind: 'page', argument: this.resolved(value, 0) });
    else if (member === 'vm_page_prot' || member === 'page_prot') {
      const name = /\b(pgprot_noncached|pgprot_writecombine|pgprot_device)\b/.exec(value)?.[1];
      if (name !== undefined) this.steps.push({ ...at, kind: 'pgprot', name });
    }
  }

  /** In a structure of its own a function has it for those that it calls; elsewhere anybody may find it later. */
  private keeps(to: string, owner: string, at: At): void {
    if (this.fn.locals.some(({ name, type }) => name === owner && type.startsWith('struct')) && /\.\w+$/.test(to))
      this.mappings.add(owner);
    else this.steps.push({ ...at, kind: 'unfollowed', name: to, why: 'kept' });
  }

  /** A table of handlers, one of two, or what another table names. */
  private vmOps(value: string, at: At): void {
    const [, yes, no] = /\?\s*&(\w+)\s*:\s*&(\w+)$/.exec(value) ?? [];
    if (yes !== undefined && no !== undefined) {
      const guard = { condition: value, id: -1 - this.steps.length, loop: false };
      for (const [branch, name] of [yes, no].entries())
        this.steps.push({ ...at, guards: [...at.guards, { ...guard, branch }], kind: 'ops', name });
    } else if (HANDLER_MEMBER.test(memberOf(value))) this.steps.push({ ...at, kind: 'passes on', name: value });
    else {
      const name = value.replace(/^&/, '');
      const isCache = PAGE_CACHE_OPS.has(name);
      this.steps.push(isCache ? { ...at, kind: 'page cache', name } : { ...at, kind: 'ops', name });
    }
  }

  /** `vma->vm_flags |= ...` and `&= ~...`, as until 6.2. */
  private flags(at: At, operator: string, value: string): void {
    if (operator === '|=' || operator === '=') this.bits(at, value, '');
    else if (operator === '&=') this.bits(at, '', value);
  }

  /** Bits that are set and cleared; what is chosen by a condition, or has names that nobody explains, is not understood. */
  private bits(at: At, set: string, clear: string): void {
    const [setText, clearText] = [this.resolved(set, 0), this.resolved(clear, 0)];
    this.steps.push({ ...at, kind: 'flags', set: vmFlags(setText), clear: vmFlags(clearText) });
    const text = `${setText} ${clearText}`;
    const words = (`${set} ${clear}`.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !KNOWN_WORD.test(word));
    const open = words.find((word) => !this.values.has(word) && !this.mappings.has(word));
    if (text.includes('?') || open !== undefined)
      this.steps.push({
        ...at,
        kind: 'unfollowed',
        name: `bits of ${text.includes('?') ? 'a condition' : open}`,
        why: 'elsewhere',
      });
  }

  private leaves(text: string, at: At): void {
    const resolved = this.resolved(text, 0);
    const names = [...this.mappings].some((name) => new RegExp(`\\b${name}\\b`).test(resolved));
    if (!names && !/\bvm_flags\b/.test(resolved)) return;
    // a test of the driver's own may be any
    if (refusesPrivate(resolved) || this.asksItself(text)) this.steps.push({ ...at, kind: 'refuses', what: 'private' });
    if (refusesWritable(resolved)) this.steps.push({ ...at, kind: 'refuses', what: 'writable' });
  }

  /** Does a condition ask a function of the driver's about the mapping, or its flags? */
  private asksItself(text: string): boolean {
    for (const [, name, args] of text.matchAll(/\b([a-z_]\w*)\s*\(([^()]*)\)/g)) {
      if (looksOnly(name!) || MAP_CALLS.has(name!)) continue;
      const given = args!.split(',').map((argument) => argument.trim());
      if (given.some((argument) => this.isMapping(argument) || /vm_flags/.test(this.resolved(argument, 0))))
        return true;
    }
    return false;
  }

  /** Is something compared that says where in the mapping it is, or how long that is? */
  private comparesPlaces(text: string): boolean {
    if (!/[<>]|!=|==/.test(text.replaceAll('->', ''))) return false;
    return this.saysPlace(text);
  }

  private saysPlace(text: string): boolean {
    const words = text.match(/[A-Za-z_]\w*/g) ?? [];
    return words.some((word) => PLACE.test(word) || PLACES.test(this.values.get(word) ?? ''));
  }

  /** An expression with what its variables were made of. */
  private resolved(text: string, depth: number): string {
    const values = (text.match(/[A-Za-z_]\w*/g) ?? []).map((word) => this.values.get(word) ?? '');
    return depth > 3 || values.join('') === ''
      ? text
      : `${text} ${values.map((value) => (value === text ? '' : this.resolved(value, depth + 1))).join(' ')}`;
  }
}

/** The last member of `a->b.c`; '' for what is no member. */
const memberOf = (text: string): string => /(?:->|\.)(\w+)\s*$/.exec(text)?.[1] ?? '';

/** Which memory an expression is about: what it calls, or what its variables were made of. */
function memoryOf(text: string): Memory {
  return PAGES.test(text) ? 'pages' : DEVICE.test(text) ? 'device' : 'unknown';
}

/** Names in an expression of vm_flags that say nothing of their own. */
const KNOWN_WORD = /^(VM_\w+|VMA_\w+_BIT|vm_flags|vm_flags_t|unsigned|long|int|mk_vma_flags|vma|desc)$/;
const GETS = /^(get_page|folio_get)$/;
/** What could take one: only of a handler without any of these is it known that it takes none. */
const MAY_GET = /^(?!vmalloc_to_page$).*(get|ref|grab|hold|pin|dup|look|find|alloc|fault)/i;
const PUTS = /^(put_page|folio_put|__free_page|release_pages)$/;
const PLACE =
  /^(vm_start|vm_end|vm_pgoff|pgoff|start|end|address|vma_pages|vma_desc_pages|vma_desc_size|size|len|length|offset|off|npages|nr_pages|num_pages|page_num|page_count|pages|index|idx|vsize|psize)$/;
const PLACES = /\b(vm_start|vm_end|vm_pgoff|pgoff|vma_pages|vma_desc_size|vma_desc_pages)\b|->(address|start|end)\b/;
const PAGES =
  /\b(page_to_pfn|page_to_pfn_t|page_to_phys|virt_to_phys|virt_to_pfn|virt_to_page|virt_to_dma|vmalloc_to_pfn|vmalloc_to_page|folio_pfn|__pa|__pa_symbol|slow_virt_to_phys)\s*\(/;
const DEVICE =
  /\b(pci_resource_start|resource_size|ioremap\w*|io_start|bar_addr|mmio_\w+|reg_base|regs_phys|phys_base|res->start|mem->start|smem_start|smmio_start|fix\.\w+_start)\b/;

/** Names of bits in an expression; VMA_PFNMAP_BIT is VM_PFNMAP (7.0 and later). */
function vmFlags(text: string): string[] {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/\bVM_([A-Z][A-Z0-9_]*)\b/g)) names.add(`VM_${name}`);
  for (const [, name] of text.matchAll(/\bVMA_([A-Z0-9_]+)_BIT\b/g)) names.add(`VM_${name}`);
  return [...names].sort();
}

const shared = /VM_(MAY)?SHARED?\b|VM_MAYSHARE\b|VMA_(MAY)?SHARED?_BIT\b/;

function refusesPrivate(text: string): boolean {
  if (/is_cow_mapping/.test(text)) return !/!\s*(vma_((desc|flags)_)?)?is_cow_mapping/.test(text);
  // is_cow_mapping() in full
  if (/VM_MAYWRITE/.test(text) && shared.test(text)) return /==\s*\(?\s*VM_MAYWRITE/.test(text);
  return shared.test(text) && (/!\s*\(?/.test(text) || /==\s*0|!=\s*\(?\s*VM_/.test(text));
}

function refusesWritable(text: string): boolean {
  return /\bVM_(MAY)?WRITE\b|VMA_(MAY)?WRITE_BIT/.test(text) && !/!\s*\(/.test(text);
}
