// SPDX-License-Identifier: GPL-2.0-or-later
/** The module's source as a whole, and the header that it shares with the program. */
import type { Need } from './driver-calls.js';
import type { FrameRun } from './frames.js';
import { FOLLOW_TEXT, GUP_TEXT } from './plain-calls.js';

export interface ModuleParts {
  readonly title: string;
  readonly runs: readonly FrameRun[];
  readonly devices: readonly string[];
  readonly preparing: readonly string[];
  readonly needs: ReadonlySet<Need>;
  readonly functions: readonly string[];
  readonly rows: readonly string[];
  readonly prepared: readonly string[];
}

/** References on each page beside the one that is counted (MODULE_REFS in plan.ts). */
const REFS = 64;

export const HEADER_TEXT = `/* SPDX-License-Identifier: GPL-2.0 */
/* What the module and the program say to each other. */
#ifndef REPRO_H
#define REPRO_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define REPRO_FRAMES 64

/* the event whose part the module is to do next in ->mmap */
#define REPRO_NEXT _IOW('R', 1, __u32)
/* do the module's part of an event */
#define REPRO_CALL _IOWR('R', 2, struct repro_call)
/* look at the pages, and start counting calls of handlers anew */
#define REPRO_STATE _IOR('R', 3, struct repro_state)

struct repro_call {
	__u64 addr;
	__s64 ret;
	__u32 event;
	__u32 pad;
};

struct repro_state {
	char arch[16];
	__u32 version;
	/* calls of ->fault, ->pfn_mkwrite and ->page_mkwrite since the last look */
	__u32 calls[3];
	__s32 count[REPRO_FRAMES];
	__s32 mapcount[REPRO_FRAMES];
};

#endif
`;

/** Which frames of a run are looked at, as indices into the arrays of the state. */
export function watchedFrames(
  runs: readonly FrameRun[],
): { readonly run: FrameRun; readonly first: number; readonly count: number }[] {
  const watched: { run: FrameRun; first: number; count: number }[] = [];
  let first = 0;
  for (const run of runs) {
    if (run.kind === 'bare' || run.kind === 'hole') continue;
    const count = Math.min(run.kind === 'block' ? 1 : run.frames, 64 - first);
    if (count <= 0) break;
    watched.push({ run, first, count });
    first += count;
  }
  return watched;
}

export function moduleText(parts: ModuleParts): string {
  const { title, runs, devices, needs, functions, rows, prepared, preparing } = parts;
  const bare = runs.filter(({ kind }) => kind === 'bare' || kind === 'hole');
  const has = (need: Need): boolean => needs.has(need);
  const text = [
    `// SPDX-License-Identifier: GPL-2.0\n/*\n * ${title.replaceAll('*/', '* /')}\n *\n * A driver that does what a log of specialbit has its driver do. It is made for\n * a machine that may crash: it maps memory as it is told to.\n */`,
    INCLUDES,
    ...(bare.length > 0 ? [BARE] : []),
    PLAIN,
    ...(has('flags') ? [FLAGS] : []),
    ...(has('mixed') ? [MIXED] : []),
    ...(has('zap') ? [ZAP] : []),
    ...(has('map_pages') || has('pages') ? [PAGES_FROM] : []),
    ...(has('pages') ? [PAGES] : []),
    ...(has('bugs') ? [BUGS] : []),
    ...(has('set_pte') ? [SET_PTE] : []),
    ...(has('pmd') ? [PMD] : []),
    ...(functions.some((text) => /\b(gup|unpin_all)\(/.test(text)) ? [GUP_TEXT] : []),
    ...(functions.some((text) => /\bfollow\(/.test(text)) ? [FOLLOW_TEXT] : []),
    runs.map(({ name }) => `static unsigned long pfn_${name};`).join('\n'),
    ...functions,
    ...(prepared.length > 0
      ? [`#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)\n${prepared.join('\n\n')}\n#endif`]
      : []),
    rowsText(rows, prepared),
    DISPATCH,
    fopsText(devices, preparing, prepared.length > 0),
    framesText(runs),
    initText(devices),
  ];
  return `${text.filter((part) => part !== '').join('\n\n')}\n`;
}

const INCLUDES = `#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#endif
#include "repro.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "Linux 6.1 or later"
#endif

/* as the model calls the architecture */
#if defined(CONFIG_X86_64)
#define ARCH_NAME "x86_64"
#elif defined(CONFIG_X86_PAE)
#define ARCH_NAME "i386-pae"
#elif defined(CONFIG_X86_32)
#define ARCH_NAME "i386"
#elif defined(CONFIG_ARM64)
#define ARCH_NAME "arm64"
#elif defined(CONFIG_ARM_LPAE)
#define ARCH_NAME "arm-lpae"
#elif defined(CONFIG_ARM)
#define ARCH_NAME "arm"
#elif defined(CONFIG_RISCV) && defined(CONFIG_64BIT)
#define ARCH_NAME "riscv64"
#elif defined(CONFIG_S390)
#define ARCH_NAME "s390x"
#else
#define ARCH_NAME "?"
#endif`;

const BARE = `/* memory without struct page: boot with mem=, and say what is behind it */
static unsigned long bare;
module_param(bare, ulong, 0444);
MODULE_PARM_DESC(bare, "physical address of memory that the kernel does not use (mem=)");
static unsigned long hole;
module_param(hole, ulong, 0444);
MODULE_PARM_DESC(hole, "the same, below the end of the kernel's memory (memmap=)");`;

const PLAIN = `static atomic_t calls[3];
static u32 next_event;
static DEFINE_MUTEX(repro_lock);

/* a handler that is called over and over is cut off */
static bool __maybe_unused too_often(int which)
{
	return atomic_inc_return(&calls[which]) > 40;
}

static vm_fault_t __maybe_unused repro_pfn_mkwrite(struct vm_fault *vmf)
{
	return too_often(1) ? VM_FAULT_SIGBUS : 0;
}

static vm_fault_t __maybe_unused repro_page_mkwrite(struct vm_fault *vmf)
{
	if (too_often(2))
		return VM_FAULT_SIGBUS;
	lock_page(vmf->page);
	return VM_FAULT_LOCKED;
}

static void __maybe_unused repro_close(struct vm_area_struct *vma)
{
}

/* an errno as a fault handler answers it */
static vm_fault_t __maybe_unused vmf_errno(int err)
{
	if (!err || err == -EBUSY)
		return VM_FAULT_NOPAGE;
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

static unsigned long __maybe_unused pfn_of_zero_page(void)
{
	return page_to_pfn(ZERO_PAGE(0));
}`;

const FLAGS = `#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static void set_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#else
#define set_flags(vma, set, clear) vm_flags_mod(vma, set, clear)
#endif`;

const MIXED = `#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define MIXED_PFN(pfn, flags) __pfn_to_pfn_t(pfn, flags)
#else
/* pfn_t is gone, and with it the flags */
#define MIXED_PFN(pfn, flags) (pfn)
#endif`;

const ZAP = `#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#define zap_ptes(vma, addr, size) zap_vma_ptes(vma, addr, size)
#else
#define zap_ptes(vma, addr, size) zap_special_vma_range(vma, addr, size)
#endif`;

const PAGES_FROM = `static struct page **pages_from(unsigned long pfn, unsigned long n)
{
	static struct page *pages[64];
	unsigned long i;

	for (i = 0; i < n; i++)
		pages[i] = pfn_to_page(pfn + i);
	return pages;
}`;

const PAGES = `static int __maybe_unused insert_each(struct vm_area_struct *vma, unsigned long addr,
				      unsigned long pfn, unsigned long n)
{
	unsigned long i;
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = vm_insert_page(vma, addr + i * PAGE_SIZE, pfn_to_page(pfn + i));
	return err;
}

static int __maybe_unused insert_pages(struct vm_area_struct *vma, unsigned long addr,
				       unsigned long pfn, unsigned long n)
{
	return vm_insert_pages(vma, addr, pages_from(pfn, n), &n);
}`;

const BUGS = `/* what the helpers BUG on, for handlers that test it before */
static bool __maybe_unused pfn_would_bug(struct vm_area_struct *vma, unsigned long pfn)
{
	unsigned long f = vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP);

	if (!f || f == (VM_PFNMAP | VM_MIXEDMAP))
		return true;
	if (f == VM_PFNMAP)
		return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
	return pfn_valid(pfn);
}

static bool __maybe_unused mixed_would_bug(struct vm_area_struct *vma)
{
	return LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0) && !(vma->vm_flags & VM_MIXEDMAP);
}`;

const SET_PTE = `/* a driver that writes entries itself */
struct raw_ptes {
	struct vm_area_struct *vma;
	unsigned long pfn;
	bool special, write;
};

static int set_pte_raw(pte_t *ptep, unsigned long addr, void *data)
{
	struct raw_ptes *raw = data;
	pte_t pte = pfn_pte(raw->pfn++, raw->vma->vm_page_prot);

	if (raw->special)
		pte = pte_mkspecial(pte);
	if (raw->write)
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
		pte = pte_mkdirty(pte_mkwrite(pte));
#else
		pte = pte_mkdirty(pte_mkwrite_novma(pte));
#endif
	set_pte_at(raw->vma->vm_mm, addr, ptep, pte);
	return 0;
}

static int set_ptes_raw(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
			unsigned long n, bool special, bool write)
{
	struct raw_ptes raw = { .vma = vma, .pfn = pfn, .special = special, .write = write };

	return apply_to_page_range(vma->vm_mm, addr, n * PAGE_SIZE, set_pte_raw, &raw);
}`;

const PMD = `#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define HUGE_ORDER enum page_entry_size size
#define IS_PMD (size == PE_SIZE_PMD)
#else
#define HUGE_ORDER unsigned int order
#define IS_PMD (order == PMD_SHIFT - PAGE_SHIFT)
#endif
#define PMD_PAGES (PMD_SIZE / PAGE_SIZE)

/* the huge page around a fault; first: of the mapping's first page */
static vm_fault_t __maybe_unused map_huge_page(struct vm_fault *vmf, bool pmd, unsigned long first,
					   long off, long frames, bool write)
{
	unsigned long around = vmf->address & PMD_MASK;
	unsigned long pfn = first + off - (vmf->address - around) / PAGE_SIZE;

	if (!pmd || around < vmf->vma->vm_start || around + PMD_SIZE > vmf->vma->vm_end)
		return VM_FAULT_FALLBACK;
	if (pfn % PMD_PAGES || (long)(pfn - first + PMD_PAGES) > frames)
		return VM_FAULT_FALLBACK;
	return vmf_insert_pfn_pmd(vmf, MIXED_PFN(pfn, 0), write);
}

/*
 * vmf_insert_pfn_pmd() needs the page table that ->huge_fault gets: the driver's
 * operations are exchanged for a moment, and a byte of the place is read. The fault
 * asks for a huge page where THP is "madvise" only with VM_HUGEPAGE.
 */
static unsigned long wanted_pfn;
static bool wanted_write;
static vm_fault_t wanted_ret;

static vm_fault_t wanted_huge_fault(struct vm_fault *vmf, HUGE_ORDER)
{
	if (!IS_PMD || wanted_ret)
		return VM_FAULT_FALLBACK;
	wanted_ret = vmf_insert_pfn_pmd(vmf, MIXED_PFN(wanted_pfn, 0), wanted_write);
	return wanted_ret;
}

static vm_fault_t wanted_fault(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct wanted_ops = {
	.fault = wanted_fault,
	.huge_fault = wanted_huge_fault,
};

static long __maybe_unused pmd_by_fault(struct vm_area_struct *vma, unsigned long addr,
					unsigned long pfn, bool write)
{
	const struct vm_operations_struct *ops = vma->vm_ops;
	char byte;

	wanted_pfn = pfn;
	wanted_write = write;
	wanted_ret = 0;
	mmap_write_lock(vma->vm_mm);
	set_flags(vma, VM_HUGEPAGE, 0);
	vma->vm_ops = &wanted_ops;
	mmap_write_unlock(vma->vm_mm);
	if (copy_from_user(&byte, (void __user *)addr, 1))
		byte = 0;
	mmap_write_lock(vma->vm_mm);
	set_flags(vma, 0, VM_HUGEPAGE);
	vma->vm_ops = ops;
	mmap_write_unlock(vma->vm_mm);
	return wanted_ret;
}`;

function rowsText(rows: readonly string[], prepared: readonly string[]): string {
  const prepares = prepared.map((text) => /prepare_(\d+)/.exec(text)![1]);
  return `enum lock { FOR_WRITING, FOR_READING, UNLOCKED };

static const struct {
	int (*mmap)(struct vm_area_struct *vma);
	/* with the lock as said */
	long (*call)(struct vm_area_struct *vma, unsigned long addr);
	enum lock lock;
	long (*plain)(struct file *file, struct repro_call *c);
} events[] = {
${rows.join('\n')}${rows.length === 0 ? '\t{ }' : ''}
};${
    prepares.length === 0
      ? ''
      : `

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
static int repro_mmap_prepare(struct vm_area_desc *desc)
{
	switch (next_event) {
${prepares.map((n) => `\tcase ${n}:\n\t\treturn prepare_${n}(desc);`).join('\n')}
	}
	return -ENXIO;
}
#endif`
  }`;
}

const DISPATCH = `static int repro_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (next_event >= ARRAY_SIZE(events) || !events[next_event].mmap)
		return -ENXIO;
	return events[next_event].mmap(vma);
}

static long repro_call(struct file *file, struct repro_call *c)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	enum lock lock;
	long ret = -ENXIO;

	if (c->event >= ARRAY_SIZE(events))
		return -ENXIO;
	if (events[c->event].plain)
		return events[c->event].plain(file, c);
	if (!events[c->event].call)
		return -ENXIO;
	lock = events[c->event].lock;
	if (lock == FOR_WRITING)
		mmap_write_lock(mm);
	else
		mmap_read_lock(mm);
	vma = find_vma(mm, c->addr);
	if (vma && vma->vm_start > c->addr)
		vma = NULL;
	/* who calls without the lock knows that nobody else changes the mapping */
	if (lock == UNLOCKED)
		mmap_read_unlock(mm);
	if (vma)
		ret = events[c->event].call(vma, c->addr);
	if (lock == FOR_WRITING)
		mmap_write_unlock(mm);
	else if (lock == FOR_READING)
		mmap_read_unlock(mm);
	return ret;
}

static void look(struct repro_state *s);

static long repro_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	static struct repro_state state;
	struct repro_call c;
	long ret = 0;

	switch (cmd) {
	case REPRO_NEXT:
		return get_user(next_event, (u32 __user *)user);
	case REPRO_CALL:
		if (copy_from_user(&c, user, sizeof(c)))
			return -EFAULT;
		c.ret = repro_call(file, &c);
		return copy_to_user(user, &c, sizeof(c)) ? -EFAULT : 0;
	case REPRO_STATE:
		mutex_lock(&repro_lock);
		look(&state);
		if (copy_to_user(user, &state, sizeof(state)))
			ret = -EFAULT;
		mutex_unlock(&repro_lock);
		return ret;
	}
	return -ENOTTY;
}`;

function fopsText(devices: readonly string[], preparing: readonly string[], prepares: boolean): string {
  const fops = (name: string, mmap: string): string => `static const struct file_operations ${name} = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = repro_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
${mmap}
};`;
  const plain = fops('repro_fops', '\t.mmap = repro_mmap,');
  const by = `#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)\n\t.mmap_prepare = repro_mmap_prepare,\n#else\n\t.mmap = repro_mmap,\n#endif`;
  const prepare = prepares ? `\n\n${fops('repro_prepare_fops', by)}` : '';
  const names = devices.length === 0 ? ['repro'] : devices;
  const rows = names.map((name) => {
    const of = prepares && preparing.includes(name) ? 'repro_prepare_fops' : 'repro_fops';
    return `\t{ .minor = MISC_DYNAMIC_MINOR, .name = "repro-${name}", .fops = &${of}, .mode = 0666 },`;
  });
  return `${plain}${prepare}\n\nstatic struct miscdevice devices[] = {\n${rows.join('\n')}\n};`;
}

function framesText(runs: readonly FrameRun[]): string {
  const take = runs.map((run) => {
    const { name, kind, frames, pmd, compound } = run;
    const bytes = run.content;
    const fill = bytes.some((byte) => byte !== 0)
      ? `\n\tif (!err)\n\t\terr = fill(pfn_${name}, (const u8[]){ ${bytes.join(', ')} }, ${bytes.length}, ${kind === 'bare' || kind === 'hole'});`
      : '';
    const n = pmd ? 'PMD_SIZE / PAGE_SIZE' : String(frames);
    const of =
      kind === 'bare' || kind === 'hole'
        ? `take_bare(&pfn_${name}, ${n}, &${kind}, "${kind}")`
        : `take_pages(&pfn_${name}, ${n}, ${kind === 'block' ? (compound ? 'FOLIO' : 'BLOCK') : kind === 'reserved' ? 'RESERVED' : 'SINGLE'})`;
    return `\tif (!err)\n\t\terr = ${of};${fill}`;
  });
  const pages = runs.some(({ kind }) => kind !== 'bare' && kind !== 'hole');
  const bare = runs.some(({ kind }) => kind === 'bare' || kind === 'hole');
  const filled = runs.some(({ content }) => content.some((byte) => byte !== 0));
  const looks = watchedFrames(runs).map(
    ({ run, first, count }) => `\tlook_at(s, ${first}, pfn_${run.name}, ${count});`,
  );
  return [
    ...(pages ? [TAKE_PAGES] : []),
    ...(bare ? [TAKE_BARE] : []),
    ...(filled ? [FILL] : []),
    ...(looks.length > 0 ? [LOOK_AT] : []),
    `/* state of the module's pages, without the references that it holds itself */
static void look(struct repro_state *s)
{
	int i;

	memset(s, 0, sizeof(*s));
	strscpy(s->arch, ARCH_NAME, sizeof(s->arch));
	s->version = LINUX_VERSION_CODE;
	for (i = 0; i < 3; i++)
		s->calls[i] = atomic_xchg(&calls[i], 0);
${looks.join('\n')}
}

static int take_frames(void)
{
	int err = 0;

${take.join('\n')}
	return err;
}`.replace('\n\n}', '\n}'),
  ].join('\n\n');
}

const TAKE_PAGES = `#define REFS ${REFS}

enum kind { SINGLE, RESERVED, BLOCK, FOLIO };

static int take_pages(unsigned long *pfn, unsigned long n, enum kind kind)
{
	unsigned int order = get_order(n * PAGE_SIZE);
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | (kind == FOLIO ? __GFP_COMP : 0);
	struct page *page = alloc_pages(gfp, order);
	unsigned long i;

	if (!page)
		return -ENOMEM;
	if (kind == SINGLE || kind == RESERVED)
		split_page(page, order);
	for (i = 0; i < (kind == SINGLE || kind == RESERVED ? 1UL << order : 1); i++) {
		page_ref_add(page + i, REFS);
		if (kind == RESERVED)
			SetPageReserved(page + i);
	}
	*pfn = page_to_pfn(page);
	return 0;
}`;

const TAKE_BARE = `/* n pages behind *from, aligned to their size */
static int take_bare(unsigned long *pfn, unsigned long n, unsigned long *from, const char *name)
{
	if (!*from) {
		pr_err("repro: it needs memory without struct page: boot with mem=, and load with %s=\\n", name);
		return -EINVAL;
	}
	*pfn = roundup(*from >> PAGE_SHIFT, n);
	*from = (*pfn + n) << PAGE_SHIFT;
	if (pfn_valid(*pfn)) {
		pr_err("repro: %s: pfn 0x%lx has a struct page\\n", name, *pfn);
		return -EINVAL;
	}
	return 0;
}`;

const FILL = `/* the first byte of each page tells which it is */
static int fill(unsigned long pfn, const u8 *bytes, unsigned long n, bool bare)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		u8 *at = bare ? memremap((phys_addr_t)(pfn + i) << PAGE_SHIFT, PAGE_SIZE, MEMREMAP_WB)
			      : page_address(pfn_to_page(pfn + i));

		if (!at)
			return -ENOMEM;
		*at = bytes[i];
		if (bare)
			memunmap(at);
		else
			flush_dcache_page(pfn_to_page(pfn + i));
	}
	return 0;
}`;

const LOOK_AT = `static void look_at(struct repro_state *s, int first, unsigned long pfn, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		struct page *page = pfn_to_page(pfn + i);

		s->count[first + i] = page_ref_count(page) - REFS;
		s->mapcount[first + i] = atomic_read(&page->_mapcount) + 1;
	}
}`;

function initText(devices: readonly string[]): string {
  const first = devices[0] ?? 'repro';
  return `static int __init repro_init(void)
{
	int err = take_frames(), i;

	for (i = 0; i < ARRAY_SIZE(devices) && !err; i++)
		err = misc_register(&devices[i]);
	if (err)
		while (--i > 0)
			misc_deregister(&devices[i - 1]);
	else
		pr_info("repro: /dev/repro-${first} is there\\n");
	return err;
}

/* pages stay allocated: what came to map or pin them is not known */
static void __exit repro_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++)
		misc_deregister(&devices[i]);
}

module_init(repro_init);
module_exit(repro_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A log of specialbit as a driver");`;
}
