// SPDX-License-Identifier: GPL-2.0
/*
 * pfnlab: a laboratory driver. It owns a fixed set of labelled page frames,
 * lets a user program run every "put this frame into that VMA" helper of the
 * memory manager on demand, and writes down the page tables, reference
 * counts and mm counters after every step.
 *
 * Built into the kernel (as mm/pfnlab.c) because it calls non-exported
 * functions. Output goes to a piece of RAM that Linux was told not to use
 * (see lab_hid), which the emulator shares with the host as a plain file.
 */
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/list_lru.h>
#include <linux/pagewalk.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/console.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/bug.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/mman.h>
#include <linux/utsname.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>
#endif
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <asm/cacheflush.h>
#include "internal.h"
#include "pfnlab.h"

/*
 * One source for Linux 6.1, 6.12, 6.18 and 7.3: what is called differently, and
 * the few places below that test LAB_OLD (6.1), LAB_618 (6.18 and later) and
 * LAB_73 (7.3 and later) because the kernel itself differs. The versions in
 * between were never built; where one of them is the odd one out is not known.
 */
#define LAB_618			(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0))
#define LAB_73			(LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0))
/* with huge entries: vmf_insert_pfn_pmd(), and PMDs in the dump */
#define LAB_THP			(IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0))
/* and the whole of it: folios, their statistics and lists, settings, hugetlb */
#define LAB_HUGE		(LAB_THP && IS_ENABLED(CONFIG_SYSFS))
/* find_special_page always, find_normal_page by configuration */
#define LAB_FIND		(!LAB_618 || IS_ENABLED(CONFIG_FIND_NORMAL_PAGE))

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define LAB_OLD			1
#define vma_start_write(vma)	do { } while (0)
#define vm_flags_mod(vma, set, clear) \
	((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(clear))
#define pte_mkwrite_novma(pte)	pte_mkwrite(pte)
#define lab_file_counter(page)	mm_counter_file(page)
#define lab_pin(addr, n, gf, pages) pin_user_pages(addr, n, gf, pages, NULL)
#define LAB_GUP_FAST		IS_ENABLED(CONFIG_HAVE_FAST_GUP)
/* as 6.12 has it for the architectures that do not tell */
#if !defined(pte_pgprot) && !defined(CONFIG_ARM64) && !defined(CONFIG_S390) && !defined(CONFIG_PPC)
#define pte_pgprot(pte)		__pgprot(0)
#endif

/* the counter of an address space, with what its (single) thread still keeps to itself */
static long lab_counter(struct task_struct *t, struct mm_struct *mm, int i)
{
	long v = atomic_long_read(&mm->rss_stat.count[i]);

#ifdef SPLIT_RSS_COUNTING
	v += t->rss_stat.count[i];
#endif
	return v;
}
#else
#define LAB_OLD			0
#define lab_file_counter(page)	mm_counter_file(page_folio(page))
#define lab_pin(addr, n, gf, pages) pin_user_pages(addr, n, gf, pages)
#define LAB_GUP_FAST		IS_ENABLED(CONFIG_HAVE_GUP_FAST)

static long lab_counter(struct task_struct *t, struct mm_struct *mm, int i)
{
	return (long)percpu_counter_sum(&mm->rss_stat[i]);
}
#endif

#if LAB_618
/* pfn_t is gone: PFN_DEV, PFN_SPECIAL or no flag is the same call now */
typedef unsigned long lab_pfn;
#define lab_mixed_arg(pfn, t)	(pfn)
/* page->flags is a structure of one word */
#define lab_pgflags(page)	((page)->flags.f)
/* vm_operations_struct.find_special_page got a new name (and an #ifdef in 7.3: patch-kernel.sh turns it on) */
#define lab_find_op		find_normal_page
#else
typedef pfn_t lab_pfn;
#define lab_mixed_arg(pfn, t)	__pfn_to_pfn_t(pfn, (t) == 0 ? PFN_DEV : (t) == 1 ? PFN_SPECIAL : 0)
#define lab_pgflags(page)	((page)->flags)
#define lab_find_op		find_special_page
#endif

#if LAB_73
#define is_cow_mapping(f)		(((f) & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
#define lab_zap(vma, addr, size)	zap_special_vma_range(vma, addr, size)
#define lab_i_mmap_remove(vma, m)	mapping_rmap_tree_remove(vma, m)
#define lab_i_mmap_insert(vma, m)	mapping_rmap_tree_insert(vma, m)
#define lab_anon_remove(avc, av)	anon_rmap_tree_remove(avc, av)
#define lab_anon_insert(avc, av)	anon_rmap_tree_insert(avc, av)
#define pte_to_swp_entry(pte)		softleaf_from_pte(pte)
#else
#define lab_zap(vma, addr, size)	zap_vma_ptes(vma, addr, size)
#define lab_i_mmap_remove(vma, m)	vma_interval_tree_remove(vma, &(m)->i_mmap)
#define lab_i_mmap_insert(vma, m)	vma_interval_tree_insert(vma, &(m)->i_mmap)
#define lab_anon_remove(avc, av)	anon_vma_interval_tree_remove(avc, &(av)->rb_root)
#define lab_anon_insert(avc, av)	anon_vma_interval_tree_insert(avc, &(av)->rb_root)
#endif

/* x86: the VMA remembers a remap_pfn_range() over all of it, a second one is refused */
#if LAB_618 && defined(__HAVE_PFNMAP_TRACKING)
#define lab_tracked(vma)	((vma)->pfnmap_track_ctx != NULL)
#else
#define lab_tracked(vma)	false
#endif

#ifndef ARCH_PFN_OFFSET
#define ARCH_PFN_OFFSET	0UL
#endif

#define NP	8
#define NR	4
#define ND	16
#define NH	4
#define BIAS	100		/* extra references that the laboratory holds on its frames */

static unsigned long long lab_hid;	/* physical start of RAM hidden from Linux */
static unsigned long long lab_hsz;	/* its size */
static unsigned long long lab_hole;	/* physical address of a hole below highest_memmap_pfn */
static char *lab_arch = "?";
module_param_named(hid, lab_hid, ullong, 0);
module_param_named(hsz, lab_hsz, ullong, 0);
module_param_named(hole, lab_hole, ullong, 0);
module_param_named(arch, lab_arch, charp, 0);

static struct page *fp[NP], *fr[NR];
static unsigned long d_pfn, h_pfn, p_pfn, r_pfn;
static bool have_d, have_h;
static int z_base;
static unsigned long z_flags;
static bool lab_top;	/* P frames at the end of memory, and highest_memmap_pfn in their middle */
module_param_named(top, lab_top, bool, 0);

/* ------------------------------------------------------------------ log */

#define SCRIPT_OFF	0x100000ULL	/* the host's: "PFNRUN1\n", length in 20 digits, and at the next page the script */
#define SCRIPT_SIZE	0x1000000ULL
#define LOG_OFF		(SCRIPT_OFF + SCRIPT_SIZE)
#define KLOG_OFF	0x10000ULL
#define KLOG_SIZE	0xf0000UL
#define WIN		0x100000ULL

#if defined(CONFIG_ALPHA)
/* all of physical memory has a fixed kernel address there */
static void *map_phys(phys_addr_t pa, unsigned long size)
{
	return __va(pa);
}

static void unmap_phys(void *p)
{
}
#elif defined(CONFIG_S390) || defined(CONFIG_SPARC64)
/* no cached ioremap() of ordinary memory there: make the mapping by hand */
static void *map_phys(phys_addr_t pa, unsigned long size)
{
	struct vm_struct *a = get_vm_area(size, VM_MAP);

	if (!a)
		return NULL;
	if (vmap_page_range((unsigned long)a->addr, (unsigned long)a->addr + size, pa, PAGE_KERNEL)) {
		free_vm_area(a);
		return NULL;
	}
	return a->addr;
}

static void unmap_phys(void *p)
{
	vunmap(p);
}
#else
static void *map_phys(phys_addr_t pa, unsigned long size)
{
	void *p = memremap(pa, size, MEMREMAP_WB);

	if (!p)
		p = memremap(pa, size, MEMREMAP_WT);
	if (!p)
		p = memremap(pa, size, MEMREMAP_WC);
	if (!p)
		p = (void __force *)ioremap(pa, size);
	return p;
}

static void unmap_phys(void *p)
{
	memunmap(p);
}
#endif

static void *log_hdr, *log_win, *klog;
static unsigned long long log_len, log_win_at = ~0ULL;
static unsigned long klog_pos;
static unsigned long long log_cap;

static void log_write(const char *s, size_t n)
{
	char tmp[32];

	if (!log_hdr)
		return;
	while (n) {
		unsigned long long pos = 4096 + log_len;
		unsigned long long w = pos & ~(WIN - 1);
		size_t in = pos - w, room = WIN - in, k = min(n, room);

		if (pos + k > log_cap)
			return;
		if (w != log_win_at) {
			if (log_win)
				unmap_phys(log_win);
			log_win = map_phys(lab_hid + LOG_OFF + w, WIN);
			log_win_at = w;
			if (!log_win) {
				pr_err("pfnlab: no window\n");
				return;
			}
		}
		memcpy(log_win + in, s, k);
		s += k;
		n -= k;
		log_len += k;
	}
	snprintf(tmp, sizeof(tmp), "PFNLAB1\n%020llu\n", log_len);
	memcpy(log_hdr, tmp, 29);
}

static void log_init(void)
{
	if (!lab_hid || lab_hsz < LOG_OFF + 0x400000)
		return;
	/* G blocks lie at the end */
	log_cap = lab_hsz - LOG_OFF - (LAB_HUGE ? 5 * PMD_SIZE : 0);
	klog = map_phys(lab_hid + KLOG_OFF, KLOG_SIZE);
	log_hdr = map_phys(lab_hid + LOG_OFF, 4096);
	if (log_hdr)
		log_write("", 0);
}

/* --------------------------------------------------- JSON output buffer */

#define OUTSZ	(4 << 20)
static char *out;
static size_t outn;

static __printf(1, 2) void o(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vscnprintf(out + outn, OUTSZ - outn, fmt, ap);
	va_end(ap);
	outn += n;
}

static void o_flush(void)
{
	log_write(out, outn);
	outn = 0;
}

/* a piece of the script; its length stands in the header page */
static int script_read(struct lab_script *s)
{
	void *w = map_phys(lab_hid + SCRIPT_OFF, 4096);
	unsigned long long total = 0;
	char digits[21];
	int ret = 0;

	if (!w)
		return -ENOMEM;
	if (!memcmp(w, "PFNRUN1\n", 8)) {
		memcpy(digits, w + 8, 20);
		digits[20] = 0;
		ret = kstrtoull(digits, 10, &total);
	}
	unmap_phys(w);
	if (ret || total > SCRIPT_SIZE - 4096)
		return -EINVAL;
	s->total = total;
	if (s->pos >= total || s->pos % LAB_PIECE)
		return 0;
	w = map_phys(lab_hid + SCRIPT_OFF + 4096 + s->pos, LAB_PIECE);
	if (!w)
		return -ENOMEM;
	memcpy(out, w, LAB_PIECE);
	unmap_phys(w);
	return copy_to_user(s->buf, out, LAB_PIECE) ? -EFAULT : 0;
}

/* ----------------------------------------------- kernel message capture */

#define NMSG	48
static char msgs[NMSG][160];
static int nmsg, msgs_lost, nbad;
static char pend[160];
static char linebuf[512];
static int linelen;
static bool capture;

static void msg_add(const char *s)
{
	if (nmsg < NMSG) {
		char *d = msgs[nmsg++];
		int i;

		strscpy(d, s, 160);
		for (i = 0; d[i]; i++)
			if (d[i] < 32 || d[i] == '"' || d[i] == '\\' || d[i] > 126)
				d[i] = '.';
	} else {
		msgs_lost++;
	}
}

/* the text after 'key' up to the next blank, into d */
static bool word_after(const char *line, const char *key, char *d, size_t n)
{
	const char *p = strstr(line, key);
	size_t i = 0;

	if (!p)
		return false;
	p += strlen(key);
	while (*p && *p != ' ' && i + 1 < n)
		d[i++] = *p++;
	d[i] = 0;
	return true;
}

static void see_line(const char *l)
{
	char a[40], b[40], c[40], t[160];
	const char *p;

	p = strstr(l, "BUG: Bad page map");
	if (p) {
		/* the entry that is bad comes first; 6.12 names the PMD above a PTE as well */
		static const char * const level[] = { "pte:", "pmd:", "pud:" };
		int i;

		for (i = 0; i < 3; i++) {
			if (!word_after(p, level[i], a, sizeof(a)))
				continue;
			nbad++;
			snprintf(pend, sizeof(pend), "BUG: Bad page map %s%s", level[i], a);
			return;
		}
	}
	if (pend[0]) {
		if (!strncmp(l, "page: ", 6) || !strncmp(l, "page:", 5)) {
			strlcat(pend, " page", sizeof(pend));
			return;
		}
		if (!strncmp(l, "addr:", 5) && word_after(l, "addr:", a, 40) &&
		    word_after(l, "vm_flags:", b, 40) && word_after(l, "index:", c, 40)) {
			snprintf(t, sizeof(t), "%s addr:%s vm_flags:%s index:%s", pend, a, b, c);
			msg_add(t);
			pend[0] = 0;
			return;
		}
	}
	p = strstr(l, "WARNING: ");
	if (p) {
		/* 7.3: "WARNING: FILE:LINE at FUNCTION, CPU#N: ..."; before: "WARNING: CPU: N PID: N at FILE:LINE FUNCTION" */
		if (strstr(p, ", CPU#") && word_after(p, "WARNING: ", a, sizeof(a))) {
			snprintf(t, sizeof(t), "WARNING: %s", a);
			msg_add(t);
		} else if (word_after(p, " at ", a, sizeof(a))) {
			snprintf(t, sizeof(t), "WARNING: %s", a);
			msg_add(t);
		} else {
			msg_add(p);
		}
		return;
	}
	p = strstr(l, "BUG: Bad rss-counter state");
	if (p && word_after(p, "type:", a, 40) && word_after(p, "val:", b, 40)) {
		snprintf(t, sizeof(t), "BUG: Bad rss-counter state type:%s val:%s", a, b);
		msg_add(t);
		return;
	}
	p = strstr(l, "BUG: Bad page state");
	if (p && word_after(p, "pfn:", a, 40)) {
		snprintf(t, sizeof(t), "BUG: Bad page state pfn:%s", a);
		msg_add(t);
		return;
	}
	if (strstr(l, "BUG: non-zero pgtables_bytes") || strstr(l, "BUG:") ||
	    strstr(l, "kernel BUG") || strstr(l, "Oops") || strstr(l, "Kernel panic"))
		msg_add(l);
}

static void lab_con_write(struct console *con, const char *s, unsigned int n)
{
	unsigned int i;

	if (klog) {
		unsigned int k = n;

		if (klog_pos + k + 1 > KLOG_SIZE)
			klog_pos = 0;
		if (k < KLOG_SIZE) {
			memcpy(klog + klog_pos, s, k);
			klog_pos += k;
			memset(klog + klog_pos, 0, 1);
		}
	}
	if (!capture)
		return;
	for (i = 0; i < n; i++) {
		if (s[i] == '\n') {
			linebuf[linelen] = 0;
			see_line(linebuf);
			linelen = 0;
		} else if (linelen < (int)sizeof(linebuf) - 1) {
			linebuf[linelen++] = s[i];
		}
	}
}

static struct console lab_con = {
	.name	= "lab",
	.write	= lab_con_write,
	.flags	= CON_ENABLED | CON_ANYTIME,
	.index	= -1,
};

/* --------------------------------------------------------------- frames */

#define NPIN	64
static struct page *pins[NPIN];
static int npins;

#if LAB_HUGE
#include "pfnlab-folios.h"
#endif

static bool labelled_pfn(int kind, int idx, unsigned long *pfn);

static bool frame_pfn(int kind, int idx, unsigned long n, unsigned long *pfn)
{
	switch (kind) {
	case LAB_FP:
		*pfn = p_pfn + idx;
		return idx >= 0 && idx + n <= NP;
	case LAB_FR:
		*pfn = r_pfn + idx;
		return idx >= 0 && idx + n <= NR;
	case LAB_FD:
		*pfn = d_pfn + idx;
		return have_d && idx >= 0 && idx + n <= ND;
	case LAB_FH:
		*pfn = h_pfn + idx;
		return have_h && idx >= 0 && idx + n <= NH;
	case LAB_FZ:
		*pfn = page_to_pfn(ZERO_PAGE(0));
		return idx == 0 && n == 1;
	case 'A':
	case 'F':
		return n == 1 && labelled_pfn(kind, idx, pfn);
	}
#if LAB_HUGE
	return block_pfn(kind, idx, n, pfn);
#else
	return false;
#endif
}

static bool pfn_in_run(int kind, unsigned long pfn, unsigned long n)
{
	unsigned long a, cnt;

	switch (kind) {
	case LAB_FP: a = p_pfn; cnt = NP; break;
	case LAB_FR: a = r_pfn; cnt = NR; break;
	case LAB_FD: a = d_pfn; cnt = ND; break;
	case LAB_FH: a = h_pfn; cnt = NH; break;
	case LAB_FZ: a = page_to_pfn(ZERO_PAGE(0)); cnt = 1; break;
	default: return false;
	}
	return pfn >= a && n <= cnt && pfn - a <= cnt - n;
}

static bool is_lab_pfn(unsigned long pfn)
{
	return pfn_in_run(LAB_FP, pfn, 1) || pfn_in_run(LAB_FR, pfn, 1) ||
	       (have_d && pfn_in_run(LAB_FD, pfn, 1)) ||
#if LAB_HUGE
	       is_block_pfn(pfn) ||
#endif
	       (have_h && pfn_in_run(LAB_FH, pfn, 1)) || is_zero_pfn(pfn);
}

static bool frame_has_page(int kind)
{
	return kind == LAB_FP || kind == LAB_FR || kind == LAB_FZ || kind == LAB_FC || kind == LAB_FN;
}

#if !LAB_HUGE
#define NLAB	256
static struct {
	unsigned long pfn;
	char kind;
	int idx;
	bool used, seen;
	struct address_space *mapping;
} labels[NLAB];
static int next_anon, next_file;
#define LAB_LABELS	NLAB
#else
#define LAB_LABELS	nlabels
#endif

/* a page of the process or of a file, by the label that a dump gave it */
static bool labelled_pfn(int kind, int idx, unsigned long *pfn)
{
	int i;

	for (i = 0; i < LAB_LABELS; i++)
		if (labels[i].used && labels[i].kind == kind && labels[i].idx == idx) {
			*pfn = labels[i].pfn;
			return true;
		}
	return false;
}

#if !LAB_HUGE
static const char *label_of(unsigned long pfn, char *buf, bool create)
{
	struct page *page;
	int i, free = -1;

	if (pfn - p_pfn < NP)
		sprintf(buf, "P%lu", pfn - p_pfn);
	else if (pfn - r_pfn < NR)
		sprintf(buf, "R%lu", pfn - r_pfn);
	else if (have_d && pfn - d_pfn < ND)
		sprintf(buf, "D%lu", pfn - d_pfn);
	else if (have_h && pfn - h_pfn < NH)
		sprintf(buf, "H%lu", pfn - h_pfn);
	else if (is_zero_pfn(pfn))
		sprintf(buf, "Z");
	else {
		for (i = 0; i < NLAB; i++) {
			if (labels[i].used && labels[i].pfn == pfn) {
				sprintf(buf, "%c%d", labels[i].kind, labels[i].idx);
				labels[i].seen = true;
				return buf;
			}
			if (!labels[i].used && free < 0)
				free = i;
		}
		if (!create || free < 0 || !pfn_valid(pfn)) {
			sprintf(buf, "?");
			return buf;
		}
		page = pfn_to_page(pfn);
		labels[free].used = labels[free].seen = true;
		labels[free].pfn = pfn;
		labels[free].mapping = page->mapping;
		if (PageAnon(page)) {
			labels[free].kind = 'A';
			labels[free].idx = next_anon++;
		} else {
			labels[free].kind = 'F';
			labels[free].idx = next_file++;
		}
		sprintf(buf, "%c%d", labels[free].kind, labels[free].idx);
	}
	return buf;
}

/*
 * A label dies with its page: when no dumped PTE and no held pin refers to the
 * page any more (anonymous), or the page has left its file (page cache).
 */
static void labels_retire(void)
{
	int i, j;

	for (i = 0; i < NLAB; i++) {
		bool pinned = false;

		if (!labels[i].used)
			continue;
		for (j = 0; j < npins; j++)
			if (page_to_pfn(pins[j]) == labels[i].pfn)
				pinned = true;
		if (labels[i].kind == 'A') {
			if (!labels[i].seen && !pinned)
				labels[i].used = false;
		} else if (pfn_to_page(labels[i].pfn)->mapping != labels[i].mapping) {
			labels[i].used = false;
		}
	}
}

#endif

static const char *page_flags_str(struct page *page, char *buf)
{
	char *p = buf;

	if (PageAnon(page))
		*p++ = 'a';
	if (PageAnon(page) && PageAnonExclusive(page))
		*p++ = 'x';
	if (PageReserved(page))
		*p++ = 'r';
	if (PageDirty(page))
		*p++ = 'd';
	if (PageUptodate(page))
		*p++ = 'u';
	if (PageLRU(page))
		*p++ = 'l';
	if (test_bit(PG_active, &lab_pgflags(page)))
		*p++ = 'A';
	if (test_bit(PG_referenced, &lab_pgflags(page)))
		*p++ = 'R';
	if (test_bit(PG_swapbacked, &lab_pgflags(page)))
		*p++ = 'b';
	if (test_bit(PG_mlocked, &lab_pgflags(page)))
		*p++ = 'm';
	if (test_bit(PG_unevictable, &lab_pgflags(page)))
		*p++ = 'U';
	if (PageLocked(page))
		*p++ = 'L';
	if (folio_test_swapcache(page_folio(page)))
		*p++ = 'c';
	*p = 0;
	return buf;
}

static void fill_pfn(unsigned long pfn, int val)
{
	if (pfn_valid(pfn)) {
		void *p = kmap_local_page(pfn_to_page(pfn));

		memset(p, val, 64);
		kunmap_local(p);
		flush_dcache_page(pfn_to_page(pfn));
	}
}

static void *d_map, *h_map;

static void frame_reset(struct page *page, bool reserved, int val)
{
	unsigned long clr = 1UL << PG_dirty | 1UL << PG_referenced |
			    1UL << PG_active | 1UL << PG_uptodate |
			    1UL << PG_mlocked | 1UL << PG_unevictable;

	lab_pgflags(page) &= ~clr;
	page->mapping = NULL;
	atomic_set(&page->_mapcount, -1);
	set_page_count(page, 1 + BIAS);
	if (reserved)
		SetPageReserved(page);
	fill_pfn(page_to_pfn(page), val);
}

#if LAB_73
/* empty_zero_page[] is const there: write through a mapping of our own, and only if there is need */
static void zero_page_clear(struct page *z)
{
	void *p = kmap_local_page(z), *w;
	bool dirty = memchr_inv(p, 0, PAGE_SIZE) != NULL;

	kunmap_local(p);
	if (!dirty)
		return;
	w = vmap(&z, 1, VM_MAP, PAGE_KERNEL);
	if (w) {
		memset(w, 0, PAGE_SIZE);
		vunmap(w);
	}
}
#else
static void zero_page_clear(struct page *z)
{
	clear_highpage(z);
}
#endif

static void frames_reset(void)
{
	struct page *z = ZERO_PAGE(0);
	int i;

	for (i = 0; i < NP; i++)
		frame_reset(fp[i], false, 0x10 + i);
	for (i = 0; i < NR; i++)
		frame_reset(fr[i], true, 0x30 + i);
	if (d_map)
		for (i = 0; i < ND; i++)
			memset(d_map + i * PAGE_SIZE, 0x40 + i, 64);
	if (h_map)
		for (i = 0; i < NH; i++)
			memset(h_map + i * PAGE_SIZE, 0x60 + i, 64);
	atomic_set(&z->_mapcount, -1);
	set_page_count(z, z_base);
	lab_pgflags(z) = z_flags;
	/* a raw PTE (and in 6.1 any driver) may map the zero page writable: what was written there must go, too */
	zero_page_clear(z);
	flush_dcache_page(z);
#if LAB_HUGE
	blocks_reset();
	labels_reset();
#else
	memset(labels, 0, sizeof(labels));
	next_anon = next_file = 0;
#endif
}

/* --------------------------------------------------------- the VMA side */

struct lab_region {
	int fault, kind, idx, mkw, fsp_kind, fsp_idx;
	int limit;
	unsigned long pgoff0;
	struct list_head list;
};

static LIST_HEAD(regions);
static struct lab_next_mmap next_mmap;
static char mmap_would[48];
static char mmap_text[256];
static int calls_fault, calls_pfnmkw, calls_pagemkw, calls_huge, loops;
static char fault_would[48];

static bool is_lab_vma(struct vm_area_struct *vma);

/*
 * Preconditions whose violation is a BUG in the kernel, checked in the order
 * in which the kernel would check them.
 */
static const char *pfn_would_bug(struct vm_area_struct *vma, unsigned long pfn)
{
	unsigned long f = vma->vm_flags;

	if (!(f & (VM_PFNMAP | VM_MIXEDMAP)))
		return "BUG: neither PFNMAP nor MIXEDMAP";
	if ((f & (VM_PFNMAP | VM_MIXEDMAP)) == (VM_PFNMAP | VM_MIXEDMAP))
		return "BUG: both PFNMAP and MIXEDMAP";
	if ((f & VM_PFNMAP) && is_cow_mapping(f))
		return "BUG: PFNMAP is COW";
	if ((f & VM_MIXEDMAP) && pfn_valid(pfn))
		return "BUG: MIXEDMAP with valid pfn";
	return NULL;
}

static lab_pfn lab_pfn_t(unsigned long pfn, int t)
{
	return lab_mixed_arg(pfn, t);
}

/* an error in newer kernels, a BUG in 6.1 (where mkwrite makes no difference) */
static const char *mixed_would_bug(struct vm_area_struct *vma, lab_pfn pfn)
{
#if LAB_OLD
	if ((vma->vm_flags & VM_MIXEDMAP) || pfn_t_special(pfn) ||
	    is_zero_pfn(pfn_t_to_pfn(pfn)))
		return NULL;
	return "BUG: insert_mixed without MIXEDMAP";
#else
	return NULL;
#endif
}

static vm_fault_t lab_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct lab_region *r = vma->vm_private_data;
	unsigned long pfn, off = vmf->pgoff - r->pgoff0;
	const char *w;

	if (++calls_fault > 40) {
		loops = 1;
		return VM_FAULT_SIGBUS;
	}
	if (r->fault == FAULT_SIGBUS)
		return VM_FAULT_SIGBUS;
	if (r->limit && off >= r->limit)
		return VM_FAULT_SIGBUS;
#if LAB_HUGE
	/* the blocks of G follow each other */
	if (r->kind == LAB_FG && off >= G_PAGES)
		off = off / G_PAGES * LAB_BLK + off % G_PAGES;
#endif
	if (off > (r->kind == LAB_FG ? 4 * LAB_BLK : r->kind == LAB_FC ? 512 : 64) ||
	    !frame_pfn(r->kind, r->idx + off, 1, &pfn))
		return VM_FAULT_SIGBUS;
	switch (r->fault) {
	case FAULT_PAGE:
		if (!frame_has_page(r->kind))
			return VM_FAULT_SIGBUS;
		vmf->page = pfn_to_page(pfn);
		if (!folio_ref_count(page_folio(vmf->page))) {
			strscpy(fault_would, "BUG: get_page on refcount 0", sizeof(fault_would));
			return VM_FAULT_SIGBUS;
		}
		get_page(vmf->page);
		return 0;
	case FAULT_PFN:
	case FAULT_PFNPMD:
		w = pfn_would_bug(vma, pfn);
		if (w) {
			strscpy(fault_would, w, sizeof(fault_would));
			return VM_FAULT_SIGBUS;
		}
		return vmf_insert_pfn(vma, vmf->address, pfn);
	case FAULT_MIXED:
	case FAULT_MIXEDW:
		w = mixed_would_bug(vma, lab_pfn_t(pfn, 0));
		if (w) {
			strscpy(fault_would, w, sizeof(fault_would));
			return VM_FAULT_SIGBUS;
		}
		if (r->fault == FAULT_MIXEDW && vmf->flags & FAULT_FLAG_WRITE)
			return vmf_insert_mixed_mkwrite(vma, vmf->address, lab_pfn_t(pfn, 0));
		return vmf_insert_mixed(vma, vmf->address, lab_pfn_t(pfn, 0));
	}
	return VM_FAULT_SIGBUS;
}

#if LAB_THP
static const char *pmd_would_bug(struct vm_area_struct *vma, unsigned long pfn, bool dev)
{
	unsigned long f = vma->vm_flags;

	if (!(f & (VM_PFNMAP | VM_MIXEDMAP)) && !dev)
		return "BUG: neither PFNMAP nor MIXEDMAP";
	if ((f & (VM_PFNMAP | VM_MIXEDMAP)) == (VM_PFNMAP | VM_MIXEDMAP))
		return "BUG: both PFNMAP and MIXEDMAP";
	if ((f & VM_PFNMAP) && is_cow_mapping(f))
		return "BUG: PFNMAP is COW";
	if (pfn & ((PMD_SIZE >> PAGE_SHIFT) - 1))
		return "unaligned";
	return NULL;
}

static vm_fault_t lab_insert_pmd(struct vm_fault *vmf, unsigned long pfn, u64 flags, bool write)
{
#if LAB_618
	return vmf_insert_pfn_pmd(vmf, pfn, write);
#else
	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, flags), write);
#endif
}
#endif

#if LAB_HUGE
/* fault=pfnpmd: one PMD where it fits, else .fault inserts one pfn */
static vm_fault_t lab_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	struct lab_region *r = vma->vm_private_data;
	unsigned long haddr = vmf->address & PMD_MASK, pfn;
	long off = (long)(vmf->pgoff - r->pgoff0) - (long)((vmf->address - haddr) >> PAGE_SHIFT);
	const char *w;

	calls_huge++;
	if (order != PMD_SHIFT - PAGE_SHIFT || haddr < vma->vm_start || haddr + PMD_SIZE > vma->vm_end)
		return VM_FAULT_FALLBACK;
	if (off < 0 || off % G_PAGES || !frame_pfn(r->kind, r->idx + off / G_PAGES * LAB_BLK, 1, &pfn))
		return VM_FAULT_FALLBACK;
	w = pmd_would_bug(vma, pfn, false);
	if (w) {
		strscpy(fault_would, w, sizeof(fault_would));
		return VM_FAULT_FALLBACK;
	}
	return lab_insert_pmd(vmf, pfn, 0, vmf->flags & FAULT_FLAG_WRITE);
}

static const struct vm_operations_struct lab_huge_ops = {
	.fault = lab_fault,
	.huge_fault = lab_huge_fault,
};
#endif

static vm_fault_t lab_pfn_mkwrite(struct vm_fault *vmf)
{
	if (++calls_pfnmkw > 40) {
		loops = 1;
		return VM_FAULT_SIGBUS;
	}
	return 0;
}

static vm_fault_t lab_page_mkwrite(struct vm_fault *vmf)
{
	if (++calls_pagemkw > 40) {
		loops = 1;
		return VM_FAULT_SIGBUS;
	}
	lock_page(vmf->page);
	return VM_FAULT_LOCKED;
}

/* only asked about PTEs with the special bit, on architectures that have it */
#if !LAB_FIND
__maybe_unused
#endif
static struct page *lab_find_special(struct vm_area_struct *vma, unsigned long addr)
{
	struct lab_region *r = vma->vm_private_data;
	unsigned long pfn;

	if (!frame_pfn(r->fsp_kind, r->fsp_idx + ((addr - vma->vm_start) >> PAGE_SHIFT), 1, &pfn) ||
	    !frame_has_page(r->fsp_kind))
		return NULL;
	return pfn_to_page(pfn);
}

#define F	.fault = lab_fault
#define MP	.pfn_mkwrite = lab_pfn_mkwrite
#define MG	.page_mkwrite = lab_page_mkwrite
#if LAB_FIND
#define S	.lab_find_op = lab_find_special
#else
#define S	.close = NULL
#endif
static const struct vm_operations_struct lab_ops[2][2][4] = {
	{ { { }, { MP }, { MG }, { MP, MG } },
	  { { F }, { F, MP }, { F, MG }, { F, MP, MG } } },
	{ { { S }, { S, MP }, { S, MG }, { S, MP, MG } },
	  { { S, F }, { S, F, MP }, { S, F, MG }, { S, F, MP, MG } } },
};
#undef F
#undef MP
#undef MG
#undef S

static bool lab_pmd_leaf(pmd_t pmd)
{
#if LAB_THP
	return pmd_present(pmd) && (pmd_trans_huge(pmd) || pmd_leaf(pmd));
#else
	return false;
#endif
}

/* the PMD entry for an address, NULL if there is no table that could hold one */
static pmd_t *lab_pmd(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_bad(*pud))
		return NULL;
	return pmd_offset(pud, addr);
}

/* is there a huge PMD anywhere in the range? */
static bool has_huge_pmd(struct mm_struct *mm, unsigned long addr, unsigned long n)
{
	unsigned long a = addr & PMD_MASK, end = addr + n * PAGE_SIZE;

	for (; a < end; a += PMD_SIZE) {
		pmd_t *pmd = lab_pmd(mm, a);

		if (pmd && lab_pmd_leaf(*pmd))
			return true;
	}
	return false;
}

static pte_t *lab_pte(struct mm_struct *mm, unsigned long addr, spinlock_t **ptl)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_bad(*pud))
		return NULL;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || lab_pmd_leaf(*pmd) || pmd_bad(*pmd))
		return NULL;
	return pte_offset_map_lock(mm, pmd, addr, ptl);
}

static bool all_none(struct mm_struct *mm, unsigned long addr, unsigned long n)
{
	unsigned long i;
	spinlock_t *ptl;

	if (has_huge_pmd(mm, addr, n))
		return false;
	for (i = 0; i < n; i++) {
		pte_t *p = lab_pte(mm, addr + i * PAGE_SIZE, &ptl);
		bool none;

		if (!p)
			continue;
		none = pte_none(ptep_get(p));
		pte_unmap_unlock(p, ptl);
		if (!none)
			return false;
	}
	return true;
}

/* does the VMA hold a present PTE to a frame below highest_memmap_pfn without a page? */
static bool has_hole_pte(struct vm_area_struct *vma)
{
	unsigned long a;
	spinlock_t *ptl;
	bool yes = false;

	for (a = vma->vm_start; a < vma->vm_end; a += PAGE_SIZE) {
		pte_t *p = lab_pte(vma->vm_mm, a, &ptl);

		if (!p)
			continue;
		if (pte_present(ptep_get(p)) && have_h &&
		    pte_pfn(ptep_get(p)) - h_pfn < NH)
			yes = true;
		pte_unmap_unlock(p, ptl);
	}
	return yes;
}

/*
 * Lockless GUP looks at PTEs only: a present PTE without the special bit that
 * has no struct page would make it dereference a made-up one.
 */
static bool fast_gup_would_crash(struct mm_struct *mm, unsigned long addr, unsigned long n)
{
	unsigned long i;
	spinlock_t *ptl;
	bool yes = false;

	if (!LAB_GUP_FAST || !IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL))
		return false;
	for (i = 0; i < n; i++) {
		pte_t *p = lab_pte(mm, addr + i * PAGE_SIZE, &ptl), pte;

#if LAB_HUGE
		pmd_t *pmd = lab_pmd(mm, addr + i * PAGE_SIZE);

		if (pmd && lab_pmd_leaf(*pmd) && !pmd_special(*pmd) && !pfn_valid(pmd_pfn(*pmd)))
			yes = true;
#endif
		if (!p)
			continue;
		pte = ptep_get(p);
		if (pte_present(pte) && !pte_special(pte) && !pfn_valid(pte_pfn(pte)))
			yes = true;
		pte_unmap_unlock(p, ptl);
	}
	return yes;
}

static unsigned long lab_vm_flags(unsigned long lf)
{
	return (lf & LF_PFNMAP ? VM_PFNMAP : 0) | (lf & LF_MIXEDMAP ? VM_MIXEDMAP : 0) |
	       (lf & LF_IO ? VM_IO : 0) | (lf & LF_DONTEXPAND ? VM_DONTEXPAND : 0) |
	       (lf & LF_DONTCOPY ? VM_DONTCOPY : 0) | (lf & LF_DONTDUMP ? VM_DONTDUMP : 0) |
	       (lf & LF_MAYWRITE ? VM_MAYWRITE : 0);
}

/*
 * Changing vm_pgoff of a VMA that is already linked: take it out of the
 * interval trees that are keyed by it, and put it back afterwards.
 */
static void lab_unindex(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc;

	i_mmap_lock_write(vma->vm_file->f_mapping);
	lab_i_mmap_remove(vma, vma->vm_file->f_mapping);
	i_mmap_unlock_write(vma->vm_file->f_mapping);
	if (vma->anon_vma) {
		anon_vma_lock_write(vma->anon_vma);
		list_for_each_entry(avc, &vma->anon_vma_chain, same_vma)
			lab_anon_remove(avc, avc->anon_vma);
		anon_vma_unlock_write(vma->anon_vma);
	}
}

static void lab_reindex(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc;

	if (vma->anon_vma) {
		anon_vma_lock_write(vma->anon_vma);
		list_for_each_entry(avc, &vma->anon_vma_chain, same_vma)
			lab_anon_insert(avc, avc->anon_vma);
		anon_vma_unlock_write(vma->anon_vma);
	}
	i_mmap_lock_write(vma->vm_file->f_mapping);
	lab_i_mmap_insert(vma, vma->vm_file->f_mapping);
	i_mmap_unlock_write(vma->vm_file->f_mapping);
}

static void would(struct lab_cmd *c, const char *s)
{
	strscpy(c->would, s, sizeof(c->would));
	c->ret = -1000;
}

/* run one driver call on a VMA; mmap_lock held for writing, or inside .mmap */
static void vma_op(struct vm_area_struct *vma, struct lab_cmd *c, bool linked)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long pfn = 0, addr = c->addr, n = c->npages ?: 1, i, num;
	struct page *pages[32];
	unsigned long vlen = vma_pages(vma);
	spinlock_t *ptl;
	const char *w;
	pgprot_t prot;
	pte_t pte, *ptep;
	bool cow = is_cow_mapping(vma->vm_flags);
	bool in = addr >= vma->vm_start && addr + n * PAGE_SIZE <= vma->vm_end, whole;

	switch (c->op) {
	case OP_FLAGS: case OP_SETPGOFF: case OP_ZAP: case OP_CLRPTE:
		break;
	case OP_IOMAP:
		if (!frame_pfn(c->frame_kind, c->frame_idx, 1, &pfn))
			return would(c, "frame-range");
		break;
	default:
		if (!frame_pfn(c->frame_kind, c->frame_idx, n, &pfn))
			return would(c, "frame-range");
	}

	if (c->op >= OP_INSERT_PAGE && c->op <= OP_INSERT_MIXED_MKW && has_huge_pmd(mm, addr, n))
		return would(c, "BUG: pte helper over a huge pmd");

	switch (c->op) {
	case OP_FLAGS:
		if (has_hole_pte(vma))
			return would(c, "hole-guard");
		vm_flags_mod(vma, lab_vm_flags(c->set), lab_vm_flags(c->clear));
		c->ret = 0;
		break;

	case OP_SETPGOFF:
		if (has_hole_pte(vma))
			return would(c, "hole-guard");
		if (c->frame_kind && !frame_pfn(c->frame_kind, c->frame_idx, 1, &pfn))
			return would(c, "frame-range");
		if (c->self) {
			/* the frame that is mapped at addr, whatever it is */
			bool present = false;

			ptep = lab_pte(mm, addr, &ptl);
			if (ptep) {
				pte = ptep_get(ptep);
				present = pte_present(pte);
				pte_unmap_unlock(ptep, ptl);
			}
			if (!present)
				return would(c, "no-pte");
			pfn = pte_pfn(pte);
			c->frame_kind = '*';
			c->pgoff = (addr - vma->vm_start) >> PAGE_SHIFT;
		}
		if (linked)
			lab_unindex(vma);
		/* either a plain number or the pfn of a frame minus a page index */
		vma->vm_pgoff = c->frame_kind ? pfn - c->pgoff : c->pgoff;
		if (linked)
			lab_reindex(vma);
		c->ret = 0;
		break;

	case OP_REMAP:
	case OP_IOREMAP:
		if (!in)
			return would(c, "range");
		whole = addr == vma->vm_start && addr + n * PAGE_SIZE == vma->vm_end;
		if (!(cow && !whole) && !(lab_tracked(vma) && whole) && !all_none(mm, addr, n))
			return would(c, "BUG: remap over a used pte");
		if (linked)
			lab_unindex(vma);
		if (c->op == OP_REMAP)
			c->ret = remap_pfn_range(vma, addr, pfn, n * PAGE_SIZE, vma->vm_page_prot);
		else
			c->ret = io_remap_pfn_range(vma, addr, pfn, n * PAGE_SIZE, vma->vm_page_prot);
		if (linked)
			lab_reindex(vma);
		break;

	case OP_IOMAP:
		/* n pages of device memory starting at the frame; the window is vm_pgoff, size */
		if (vma->vm_pgoff <= n && vlen <= n - vma->vm_pgoff) {
			if (!pfn_in_run(c->frame_kind, pfn + vma->vm_pgoff, vlen))
				return would(c, "frame-range");
			if (!lab_tracked(vma) && !all_none(mm, vma->vm_start, vlen))
				return would(c, "BUG: remap over a used pte");
		}
		if (linked)
			lab_unindex(vma);
		c->ret = vm_iomap_memory(vma, (phys_addr_t)pfn << PAGE_SHIFT, n * PAGE_SIZE);
		if (linked)
			lab_reindex(vma);
		break;

	case OP_INSERT_PAGE:
		if (!frame_has_page(c->frame_kind))
			return would(c, "no-page");
		if (!(vma->vm_flags & VM_MIXEDMAP) && (vma->vm_flags & VM_PFNMAP))
			return would(c, "BUG: insert_page on PFNMAP");
		c->ret = vm_insert_page(vma, addr, pfn_to_page(pfn));
		break;

	case OP_INSERT_PAGES:
	case OP_MAP_PAGES:
	case OP_MAP_PAGES_ZERO:
		if (!frame_has_page(c->frame_kind))
			return would(c, "no-page");
		if (n > ARRAY_SIZE(pages))
			return would(c, "range");
		for (i = 0; i < n; i++)
			pages[i] = pfn_to_page(pfn + i);
		num = n;
		if (c->op == OP_INSERT_PAGES) {
			/* 7.3 only warns (with DEBUG_VM) and goes on */
			if (!LAB_73 && in && !(vma->vm_flags & VM_MIXEDMAP) && (vma->vm_flags & VM_PFNMAP))
				return would(c, "BUG: insert_page on PFNMAP");
			c->ret = vm_insert_pages(vma, addr, pages, &num);
			snprintf(c->text, sizeof(c->text), ",\"left\":%lu", num);
		} else {
			unsigned long off = c->op == OP_MAP_PAGES ? vma->vm_pgoff : 0;

			if (!LAB_73 && off < n && vlen <= n - off &&
			    !(vma->vm_flags & VM_MIXEDMAP) && (vma->vm_flags & VM_PFNMAP))
				return would(c, "BUG: insert_page on PFNMAP");
			if (c->op == OP_MAP_PAGES)
				c->ret = vm_map_pages(vma, pages, n);
			else
				c->ret = vm_map_pages_zero(vma, pages, n);
		}
		break;

	case OP_INSERT_PFN:
	case OP_INSERT_PFN_PROT:
		w = pfn_would_bug(vma, pfn);
		if (w)
			return would(c, w);
		if (c->op == OP_INSERT_PFN) {
			c->ret = vmf_insert_pfn(vma, addr, pfn);
		} else {
			prot = vm_get_page_prot((c->prot & 1 ? VM_READ : 0) |
						(c->prot & 2 ? VM_WRITE : 0) |
						(c->prot & 4 ? VM_EXEC : 0) |
						(c->prot & 8 ? VM_SHARED : 0));
			c->ret = vmf_insert_pfn_prot(vma, addr, pfn, prot);
		}
		break;

	case OP_INSERT_MIXED:
	case OP_INSERT_MIXED_MKW:
		w = mixed_would_bug(vma, lab_pfn_t(pfn, c->pfnt));
		if (w)
			return would(c, w);
		if (c->op == OP_INSERT_MIXED)
			c->ret = vmf_insert_mixed(vma, addr, lab_pfn_t(pfn, c->pfnt));
		else
			c->ret = vmf_insert_mixed_mkwrite(vma, addr, lab_pfn_t(pfn, c->pfnt));
		break;

#if LAB_THP
	case OP_INSERT_PFN_PMD: {
		struct vm_fault vmf = {
			.vma = vma,
			.address = addr,
			.pgoff = linear_page_index(vma, addr),
			.flags = c->wr ? FAULT_FLAG_WRITE : 0,
		};
		pgd_t *pgd = pgd_offset(mm, addr);
		p4d_t *p4d;
		pud_t *pud;

		w = pmd_would_bug(vma, pfn, LAB_HUGE && c->pfnt == 0);
		if (w)
			return would(c, w);
		if ((addr & PMD_MASK) < vma->vm_start || (addr & PMD_MASK) + PMD_SIZE > vma->vm_end)
			return would(c, "range");
		p4d = p4d_alloc(mm, pgd, addr);
		pud = p4d ? pud_alloc(mm, p4d, addr) : NULL;
		vmf.pmd = pud ? pmd_alloc(mm, pud, addr) : NULL;
		if (!vmf.pmd)
			return would(c, "no memory");
#if LAB_HUGE
		/* t=0: PFN_DEV | PFN_MAP (devmap), where there is such a PMD bit; else no flag of pfn_t */
		if (c->pfnt == 0 && (LAB_618 || !IS_ENABLED(CONFIG_ARCH_HAS_PTE_DEVMAP)))
			return would(c, "no devmap");
#if !LAB_618
		if (c->pfnt == 0) {
			c->ret = lab_insert_pmd(&vmf, pfn, PFN_DEV | PFN_MAP, c->wr);
			break;
		}
#endif
#endif
		c->ret = lab_insert_pmd(&vmf, pfn, 0, c->wr);
		break;
	}
#endif

	case OP_ZAP:
		if (!n)
			return would(c, "range");
		lab_zap(vma, addr, n * PAGE_SIZE);
		c->ret = 0;
		break;

	case OP_SETPTE:
		if (!in)
			return would(c, "range");
		/* never let vm_normal_page() make up a struct page for a hole */
		if (c->frame_kind == LAB_FH &&
		    (!c->special || (!(vma->vm_flags & VM_MIXEDMAP) &&
				     !((vma->vm_flags & VM_PFNMAP) && !cow))))
			return would(c, "hole-guard");
		if (!all_none(mm, addr, n))
			return would(c, "used pte");
		/* a tail with refcount 0 must never be given up by zap */
		if (c->frame_kind == LAB_FN && (!c->special || !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))) &&
		    !((vma->vm_flags & VM_PFNMAP) && !cow))
			return would(c, "tail-guard");
		for (i = 0; i < n; i++) {
			ptep = get_locked_pte(mm, addr + i * PAGE_SIZE, &ptl);
			if (!ptep)
				return would(c, "no memory");
			pte = pfn_pte(pfn + i, vma->vm_page_prot);
			if (c->special)
				pte = pte_mkspecial(pte);
			if (c->wr)
				pte = pte_mkdirty(pte_mkwrite_novma(pte));
			set_pte_at(mm, addr + i * PAGE_SIZE, ptep, pte);
			update_mmu_cache(vma, addr + i * PAGE_SIZE, ptep);
			pte_unmap_unlock(ptep, ptl);
		}
		c->ret = 0;
		break;

	case OP_CLRPTE:
		if (!in)
			return would(c, "range");
		/* forgetting pages that are not ours would leak them for good, unless they were put there raw */
		for (i = 0; i < n && !c->force; i++) {
			ptep = lab_pte(mm, addr + i * PAGE_SIZE, &ptl);
			if (!ptep)
				continue;
			pte = ptep_get(ptep);
			pte_unmap_unlock(ptep, ptl);
			if (pte_present(pte) && !is_lab_pfn(pte_pfn(pte)))
				return would(c, "clr-guard");
		}
		for (i = 0; i < n; i++) {
			ptep = lab_pte(mm, addr + i * PAGE_SIZE, &ptl);
			if (!ptep)
				continue;
			ptep_get_and_clear(mm, addr + i * PAGE_SIZE, ptep);
			pte_unmap_unlock(ptep, ptl);
		}
		flush_tlb_range(vma, addr, addr + n * PAGE_SIZE);
		c->ret = 0;
		break;

	default:
		would(c, "bad-op");
	}
}

/* what a mapping starts with, from the parameters that came before */
static void region_init(struct lab_region *r, unsigned long pgoff)
{
	r->fault = next_mmap.fault;
	r->kind = next_mmap.frame_kind;
	r->idx = next_mmap.frame_idx;
	r->limit = next_mmap.limit;
	r->mkw = next_mmap.mkw & 3;
	r->fsp_kind = next_mmap.fsp_kind;
	r->fsp_idx = next_mmap.fsp_idx;
	r->pgoff0 = pgoff;
	list_add(&r->list, &regions);
}

#if LAB_73
/* file=prep: the operation of pre= is an action, which mm carries out when the mapping is in place */
static int lab_mmap_prepare(struct vm_area_desc *desc)
{
	static struct page *pages[16];
	struct lab_region *r = kzalloc(sizeof(*r), GFP_KERNEL);
	struct lab_cmd *c = &next_mmap.pre[0];
	unsigned long n = c->npages ?: 1, pfn = 0, at = desc->start + c->addr, i;
	int err = 0;

	if (!r)
		return -ENOMEM;
	region_init(r, desc->pgoff);
	desc->private_data = r;
	desc->vm_ops = &lab_ops[r->fsp_kind != 0][r->fault != FAULT_NONE][r->mkw];
	if (c->op == OP_NONE)
		goto out;
	err = -EINVAL;
	if (n > ARRAY_SIZE(pages) || !frame_pfn(c->frame_kind, c->frame_idx, n, &pfn)) {
		strscpy(mmap_would, "frame-range", sizeof(mmap_would));
		goto out;
	}
	err = 0;
	switch (c->op) {
	case OP_REMAP:
		mmap_action_remap(desc, at, pfn, n * PAGE_SIZE);
		break;
	case OP_IOREMAP:
		mmap_action_ioremap(desc, at, pfn, n * PAGE_SIZE);
		break;
	case OP_IOMAP:
		mmap_action_simple_ioremap(desc, (phys_addr_t)pfn << PAGE_SHIFT, n * PAGE_SIZE);
		break;
	case OP_INSERT_PAGES:
		for (i = 0; i < n; i++)
			pages[i] = pfn_to_page(pfn + i);
		mmap_action_map_kernel_pages(desc, at, pages, n);
		break;
	default:
		strscpy(mmap_would, "bad-op", sizeof(mmap_would));
		err = -EINVAL;
	}
out:
	memset(&next_mmap, 0, sizeof(next_mmap));
	return err;
}
#endif

static int lab_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct lab_region *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int err = 0, i;

	if (!r)
		return -ENOMEM;
	region_init(r, vma->vm_pgoff);
	vma->vm_private_data = r;
#if LAB_HUGE
	if (r->fault == FAULT_PFNPMD)
		vma->vm_ops = &lab_huge_ops;
	else
#endif
	if (r->fault != FAULT_NONE || r->mkw || r->fsp_kind)
		vma->vm_ops = &lab_ops[r->fsp_kind != 0][r->fault != FAULT_NONE][r->mkw];
	for (i = 0; i < LAB_NPRE && !err; i++) {
		struct lab_cmd *c = &next_mmap.pre[i];

		if (c->op == OP_NONE)
			break;
		if (!c->npages)
			c->npages = 1;
		if (c->op == OP_UNMAP_RANGE) {
			/* somebody else's, which comes before the VMA is in its file's tree */
			unmap_mapping_range(file->f_mapping, (loff_t)c->pgoff << PAGE_SHIFT,
					    (loff_t)c->npages << PAGE_SHIFT, c->even);
			continue;
		}
		/* c->addr is relative to the start of the new mapping */
		c->addr += vma->vm_start;
		vma_op(vma, c, false);
		strscpy(mmap_would, c->would, sizeof(mmap_would));
		if (c->text[0])
			strscpy(mmap_text, c->text, sizeof(mmap_text));
		if (c->would[0])
			err = -EINVAL;
		else if (c->op >= OP_INSERT_PFN && c->op <= OP_INSERT_MIXED_MKW)
			err = c->ret & VM_FAULT_ERROR ? -EFAULT : 0;
		else
			err = c->ret;
	}
	memset(&next_mmap, 0, sizeof(next_mmap));
	return err;
}

static const char *bits(pte_t pte, char *b)
{
	b[0] = pte_present(pte) ? 'P' : '-';
	b[1] = pte_write(pte) ? 'W' : '-';
	b[2] = pte_dirty(pte) ? 'D' : '-';
	b[3] = pte_young(pte) ? 'Y' : '-';
	b[4] = pte_special(pte) ? 'S' : '-';
	b[5] = 0;
	return b;
}

/* the raw value of a PTE as one hexadecimal number */
static unsigned long long raw_pte(pte_t pte)
{
	return (unsigned long long)pte_val(pte);
}

/* ------------------------------------------------------------- commands */

static void gup_result(struct lab_cmd *c, long ret, struct page **pages, bool pinned)
{
	char lab[16];
	int i, k = 0;

	c->ret = ret;
	if (ret <= 0)
		return;
	k = snprintf(c->text, sizeof(c->text), ",\"pages\":[");
	for (i = 0; i < ret; i++)
		k += snprintf(c->text + k, sizeof(c->text) - k, "%s\"%s\"", i ? "," : "",
			      label_of(page_to_pfn(pages[i]), lab, true));
	snprintf(c->text + k, sizeof(c->text) - k, "]");
	for (i = 0; i < ret; i++) {
		if (c->hold && pinned && npins < NPIN)
			pins[npins++] = pages[i];
		else if (pinned)
			unpin_user_page(pages[i]);
		else
			put_page(pages[i]);
	}
}

static void lab_do_cmd(struct file *file, struct lab_cmd *c)
{
	struct mm_struct *mm = current->mm;
	unsigned long n = c->npages ?: 1, pfn;
	struct vm_area_struct *vma;
	struct page *pages[16];
	unsigned int gf = (c->wr ? FOLL_WRITE : 0) | (c->longterm ? FOLL_LONGTERM : 0);
	char lab[16], b[8];
	long ret;

	c->ret = 0;
	c->would[0] = 0;
	c->text[0] = 0;
	if (n > (!LAB_HUGE || c->op == OP_PIN || c->op == OP_PIN_FAST || c->op == OP_GUP_FAST_ONLY ? 16 : 4096))
		return would(c, "range");

	switch (c->op) {
	case OP_UNMAP_RANGE:
		unmap_mapping_range(file->f_mapping, (loff_t)c->pgoff << PAGE_SHIFT,
				    (loff_t)n << PAGE_SHIFT, c->even);
		return;
	case OP_GET:
	case OP_PUT:
		if (c->frame_kind != LAB_FP ||
		    !frame_pfn(c->frame_kind, c->frame_idx, 1, &pfn))
			return would(c, "frame-range");
		if (c->op == OP_GET)
			get_page(pfn_to_page(pfn));
		else if (page_count(pfn_to_page(pfn)) <= BIAS)
			return would(c, "refcount underflow");
		else
			put_page(pfn_to_page(pfn));
		return;
	case OP_PIN:
		mmap_read_lock(mm);
		ret = lab_pin(c->addr, n, gf, pages);
		mmap_read_unlock(mm);
		gup_result(c, ret, pages, true);
		return;
	case OP_PIN_FAST:
		if (fast_gup_would_crash(mm, c->addr, n))
			return would(c, "fast-gup-guard");
		ret = pin_user_pages_fast(c->addr, n, gf, pages);
		gup_result(c, ret, pages, true);
		return;
	case OP_GUP_FAST_ONLY:
		if (fast_gup_would_crash(mm, c->addr, n))
			return would(c, "fast-gup-guard");
		ret = get_user_pages_fast_only(c->addr, n, gf & FOLL_WRITE, pages);
		gup_result(c, ret, pages, false);
		return;
	case OP_PEEK:
	case OP_POKE: {
		unsigned char v = c->val;

		/* what ptrace and /proc/PID/mem do */
		c->ret = access_process_vm(current, c->addr, &v, 1,
					   FOLL_FORCE | (c->op == OP_POKE ? FOLL_WRITE : 0));
		if (c->op == OP_PEEK && c->ret == 1)
			snprintf(c->text, sizeof(c->text), ",\"val\":%d", v);
		return;
	}
#if LAB_HUGE
	case OP_SPLIT: {
		/* what writing to debugfs split_huge_pages does, for the folio at one address */
		struct folio_walk fw;
		struct folio *folio;

		mmap_read_lock(mm);
		vma = vma_lookup(mm, c->addr);
		if (!vma) {
			mmap_read_unlock(mm);
			return would(c, "no-vma");
		}
		folio = folio_walk_start(&fw, vma, c->addr, 0);
		if (!folio) {
			mmap_read_unlock(mm);
			return would(c, "no-folio");
		}
		if (!folio_test_large(folio) || c->pgoff >= folio_order(folio)) {
			folio_walk_end(&fw, vma);
			mmap_read_unlock(mm);
			return would(c, "not-large");
		}
		snprintf(c->text, sizeof(c->text), ",\"label\":\"%s\"", label_of(folio_pfn(folio), lab, true));
		folio_get(folio);
		folio_walk_end(&fw, vma);
		if (!folio_trylock(folio)) {
			folio_put(folio);
			mmap_read_unlock(mm);
			return would(c, "locked");
		}
		c->ret = split_folio_to_order(folio, c->pgoff);
		folio_unlock(folio);
		folio_put(folio);
		mmap_read_unlock(mm);
		return;
	}
	case OP_SHRINK: {
		struct shrinker *sh = c->special ? lab_zero_shrinker : deferred_split_shrinker;
		struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nid = 0, .nr_to_scan = c->npages };

		ret = sh->count_objects(sh, &sc);
		snprintf(c->text, sizeof(c->text), ",\"count\":%ld", ret);
		sc.nr_to_scan = sc.nr_scanned = c->npages;
		c->ret = (long)sh->scan_objects(sh, &sc);
		return;
	}
#endif
	case OP_UNPIN:
		c->ret = npins;
		while (npins)
			unpin_user_page(pins[--npins]);
		return;
	case OP_FOLLOW: {
#if LAB_OLD
		/* the tests of follow_pfn(), and all that the PTE tells */
		pte_t *ptep, pte;
		spinlock_t *ptl;

		mmap_read_lock(mm);
		vma = vma_lookup(mm, c->addr);
		if (!vma) {
			mmap_read_unlock(mm);
			return would(c, "no-vma");
		}
		ret = -EINVAL;
		if (vma->vm_flags & (VM_IO | VM_PFNMAP))
			ret = follow_pte(mm, c->addr, &ptep, &ptl);
		c->ret = ret;
		if (!ret) {
			pte = ptep_get(ptep);
			snprintf(c->text, sizeof(c->text),
				 ",\"pfn\":\"%lx\",\"label\":\"%s\",\"prot\":\"%llx\",\"writable\":%d,\"special\":%d",
				 (unsigned long)pte_pfn(pte), label_of(pte_pfn(pte), lab, false),
				 (unsigned long long)pgprot_val(pte_pgprot(pte)),
				 !!pte_write(pte), !!pte_special(pte));
			pte_unmap_unlock(ptep, ptl);
		}
		mmap_read_unlock(mm);
		return;
#else
		struct follow_pfnmap_args a = { .address = c->addr };

		mmap_read_lock(mm);
		a.vma = vma_lookup(mm, c->addr);
		if (!a.vma) {
			mmap_read_unlock(mm);
			return would(c, "no-vma");
		}
		ret = follow_pfnmap_start(&a);
		c->ret = ret;
		if (!ret) {
			snprintf(c->text, sizeof(c->text),
				 ",\"pfn\":\"%lx\",\"label\":\"%s\",\"prot\":\"%llx\",\"writable\":%d,\"special\":%d",
				 a.pfn, label_of(a.pfn, lab, false),
				 (unsigned long long)pgprot_val(a.pgprot),
				 a.writable, a.special);
			follow_pfnmap_end(&a);
		}
		mmap_read_unlock(mm);
		return;
#endif
	}
	}

	mmap_write_lock(mm);
	vma = vma_lookup(mm, c->addr);
	if (!vma)
		would(c, "no-vma");
	else if (!is_lab_vma(vma) && c->op != OP_SETPTE && c->op != OP_CLRPTE)
		would(c, "not-lab-vma");
	else {
		vma_start_write(vma);
		vma_op(vma, c, true);
	}
	mmap_write_unlock(mm);
	(void)b;
}

/* ----------------------------------------------------------------- dump */

static bool tracked(struct vm_area_struct *vma)
{
	return vma->vm_start >= LAB_BASE && vma->vm_start < LAB_BASE + LAB_SLOTS * LAB_STRIDE;
}

/* what the mm counters owe to VMAs outside the laboratory's window */
static void count_untracked(struct vm_area_struct *vma, long *c)
{
	unsigned long a;
	spinlock_t *ptl;

	for (a = vma->vm_start; a < vma->vm_end; ) {
		pte_t *start, *p;
		unsigned long end = min(vma->vm_end, (a & PMD_MASK) + PMD_SIZE);

		if (end <= a)
			end = vma->vm_end;
#if LAB_HUGE
		{
			pmd_t *pmd = lab_pmd(vma->vm_mm, a);

			if (pmd && lab_pmd_leaf(*pmd)) {
				struct page *page = vm_normal_page_pmd(vma, a, *pmd);

				if (page)
					c[PageAnon(page) ? MM_ANONPAGES : lab_file_counter(page)] += G_PAGES;
				a = end;
				continue;
			}
		}
#endif
		start = p = lab_pte(vma->vm_mm, a, &ptl);
		if (!p) {
			a = end;
			continue;
		}
		for (; a < end; a += PAGE_SIZE, p++) {
			pte_t pte = ptep_get(p);
			struct page *page;

			if (pte_none(pte))
				continue;
			if (!pte_present(pte)) {
				c[MM_SWAPENTS]++;
				continue;
			}
			page = vm_normal_page(vma, a, pte);
			if (!page)
				continue;
			if (PageAnon(page))
				c[MM_ANONPAGES]++;
			else
				c[lab_file_counter(page)]++;
		}
		pte_unmap_unlock(start, ptl);
	}
}

#if LAB_HUGE
#include "pfnlab-dump.h"
#else
static void lab_dump_vma(struct vm_area_struct *vma, bool first)
{
	unsigned long a;
	spinlock_t *ptl;
	char lab[16], b[8];
	bool comma = false;

	o("%s{\"start\":\"%lx\",\"end\":\"%lx\",\"flags\":\"%lx\",\"pgoff\":\"%lx\",\"prot\":\"%llx\",\"kind\":\"%s\",\"pt\":[",
	  first ? "" : ",", vma->vm_start, vma->vm_end, (unsigned long)vma->vm_flags,
	  vma->vm_pgoff, (unsigned long long)pgprot_val(vma->vm_page_prot),
	  is_lab_vma(vma) ? "dev" : vma_is_anonymous(vma) ? "anon" :
	  vma_is_shmem(vma) ? "shmem" : "other");
	for (a = vma->vm_start; a < vma->vm_end; a += PAGE_SIZE) {
		pte_t *p = lab_pte(vma->vm_mm, a, &ptl);
		struct page *page;
		int bad0 = nbad;
		pte_t pte;

		if (!p)
			continue;
		pte = ptep_get(p);
		if (pte_none(pte)) {
			pte_unmap_unlock(p, ptl);
			continue;
		}
		o("%s[%lu,\"%llx\"", comma ? "," : "", (a - vma->vm_start) >> PAGE_SHIFT,
		  raw_pte(pte));
		comma = true;
		if (pte_present(pte)) {
			unsigned long pfn = pte_pfn(pte);

			page = vm_normal_page(vma, a, pte);
			o(",\"%s\",\"%lx\",\"%s\",", bits(pte, b), pfn, label_of(pfn, lab, true));
			if (!page)
				o("%s", nbad != bad0 ? "\"bad\"" : "null");
			else if (!pfn_valid(page_to_pfn(page)))
				o("\"garbage\"");
			else
				o("\"%s\"", label_of(page_to_pfn(page), lab, false));
#ifdef PTE_HWTABLE_OFF
			o(",\"%lx\"", (unsigned long)*(u32 *)((void *)p + PTE_HWTABLE_OFF));
#endif
		} else {
			swp_entry_t e = pte_to_swp_entry(pte);

			o(",\"swap\",%u,\"%lx\"", (unsigned int)swp_type(e), (unsigned long)swp_offset(e));
		}
		o("]");
		pte_unmap_unlock(p, ptl);
	}
	o("]");
#if LAB_THP
	comma = false;
	for (a = vma->vm_start & PMD_MASK; a < vma->vm_end; a += PMD_SIZE) {
		pmd_t *pp = lab_pmd(vma->vm_mm, a), pmd;
		int bad0 = nbad;
		struct page *page;

		if (!pp || pmd_none(*pp))
			continue;
		pmd = *pp;
		if (!pmd_present(pmd) || !(pmd_trans_huge(pmd) || pmd_leaf(pmd)))
			continue;
		o("%s[%ld,\"%llx\",", comma ? "," : ",\"pmds\":[", (long)(a - vma->vm_start) >> PAGE_SHIFT,
		  (unsigned long long)pmd_val(pmd));
		comma = true;
		b[0] = 'P';
		b[1] = pmd_write(pmd) ? 'W' : '-';
		b[2] = pmd_dirty(pmd) ? 'D' : '-';
		b[3] = pmd_young(pmd) ? 'Y' : '-';
		b[4] = pmd_special(pmd) ? 'S' : '-';
		b[5] = 0;
		o("\"%s\",\"%lx\",\"%s\",", b, (unsigned long)pmd_pfn(pmd), label_of(pmd_pfn(pmd), lab, true));
		page = vm_normal_page_pmd(vma, a, pmd);
		if (!page)
			o("%s]", nbad != bad0 ? "\"bad\"" : "null");
		else if (!pfn_valid(page_to_pfn(page)))
			o("\"garbage\"]");
		else
			o("\"%s\"]", label_of(page_to_pfn(page), lab, false));
	}
	if (comma)
		o("]");
#endif
	o("}");
}
#endif

/*
 * Where WARN() traps count as NMI (riscv), printk leaves the console for later:
 * have everything printed now, so that it belongs to this step.
 */
static void flush_messages(void)
{
	console_lock();
	console_unlock();
}

static int lab_dump(struct lab_dump *d)
{
	bool first;
	char lab[16], fl[24];
	int i, j;

	if (d->prefix_len > 8192)
		return -EINVAL;
	lru_add_drain_all();
	flush_messages();
	if (copy_from_user(out, d->prefix, d->prefix_len))
		return -EFAULT;
	outn = d->prefix_len;
	if (calls_fault || calls_pfnmkw || calls_pagemkw)
		o(",\"calls\":[%d,%d,%d]", calls_fault, calls_pfnmkw, calls_pagemkw);
	if (calls_huge)
		o(",\"calls_huge\":%d", calls_huge);
	if (loops)
		o(",\"loop\":1");
	if (fault_would[0])
		o(",\"fault_would\":\"%s\"", fault_would);
	if (nmsg) {
		o(",\"kmsg\":[");
		for (i = 0; i < nmsg; i++)
			o("%s\"%s\"", i ? "," : "", msgs[i]);
		o("]");
		if (msgs_lost)
			o(",\"kmsg_lost\":%d", msgs_lost);
	}
	for (i = 0; i < LAB_LABELS; i++)
		labels[i].seen = false;
	nmsg = msgs_lost = 0;

	o(",\"dump\":{\"mms\":[");
	for (i = 0; i < d->npids; i++) {
		struct task_struct *t = find_get_task_by_vpid(d->pids[i]);
		struct mm_struct *mm;
		struct vm_area_struct *vma;
		long c[NR_MM_COUNTERS] = { 0 };

		if (!t)
			continue;
		mm = get_task_mm(t);
		if (!mm) {
			put_task_struct(t);
			continue;
		}
		mmap_read_lock(mm);
		{
			VMA_ITERATOR(vmi, mm, 0);

			for_each_vma(vmi, vma)
				if (!tracked(vma))
					count_untracked(vma, c);
		}
		for (j = 0; j < NR_MM_COUNTERS; j++)
			c[j] = lab_counter(t, mm, j) - c[j];
		put_task_struct(t);
		o("%s{\"mm\":%d,\"rss\":[%ld,%ld,%ld,%ld],\"vmas\":[", i ? "," : "", d->mmidx[i],
		  c[MM_FILEPAGES], c[MM_ANONPAGES], c[MM_SHMEMPAGES], c[MM_SWAPENTS]);
		first = true;
		{
			VMA_ITERATOR(vmi, mm, LAB_BASE);

			for_each_vma(vmi, vma) {
				if (!tracked(vma))
					break;
				lab_dump_vma(vma, first);
				first = false;
			}
		}
		mmap_read_unlock(mm);
		mmput(mm);
		o("]}");
	}
	o("],\"frames\":{");
	first = true;
	for (i = 0; i < NP + NR; i++) {
		struct page *p = i < NP ? fp[i] : fr[i - NP];
		int rc = page_count(p) - BIAS, mc = atomic_read(&p->_mapcount) + 1;

		page_flags_str(p, fl);
		if (rc == 1 && mc == 0 && !strcmp(fl, i < NP ? "" : "r"))
			continue;
		o("%s\"%s\":[%d,%d,\"%s\"]", first ? "" : ",",
		  label_of(page_to_pfn(p), lab, false), rc, mc, fl);
		first = false;
	}
	{
		struct page *p = ZERO_PAGE(0);
		int rc = page_count(p) - z_base, mc = atomic_read(&p->_mapcount) + 1;

		if (rc || mc) {
			page_flags_str(p, fl);
			o("%s\"Z\":[%d,%d,\"%s\"]", first ? "" : ",", rc, mc, fl);
			first = false;
		}
	}
	for (i = 0; i < npins; i++)
		label_of(page_to_pfn(pins[i]), lab, true);
	labels_retire();
#if LAB_HUGE
	blocks_dump(small_frames(first));
	counters_dump();
#else
	for (i = 0; i < NLAB; i++) {
		struct page *p;

		if (!labels[i].used)
			continue;
		p = pfn_to_page(labels[i].pfn);
		o("%s\"%c%d\":[%d,%d,\"%s\"]", first ? "" : ",", labels[i].kind, labels[i].idx,
		  page_count(p), atomic_read(&p->_mapcount) + 1, page_flags_str(p, fl));
		first = false;
	}
	o("}");
#endif
	flush_messages();
	/* messages other than the per-PTE ones that the dump's own vm_normal_page() calls caused */
	first = true;
	for (i = 0; i < nmsg; i++) {
		if (!strncmp(msgs[i], "BUG: Bad page map", 17))
			continue;
		o("%s\"%s\"", first ? ",\"warn\":[" : ",", msgs[i]);
		first = false;
	}
	if (!first)
		o("]");
	o("}}\n");
	o_flush();
	return 0;
}

/* --------------------------------------------------------- file header */

static void golden_line(const char *name, unsigned long pfn, unsigned long vmf, bool first)
{
	pgprot_t prot = vm_get_page_prot(vmf);
	char b[8];
	pte_t p = pfn_pte(pfn, prot), q;

	o("%s{\"frame\":\"%s\",\"pfn\":\"%lx\",\"vm\":%lu,\"prot\":\"%llx\"", first ? "" : ",\n",
	  name, pfn, vmf, (unsigned long long)pgprot_val(prot));
#define G(label, expr) do { q = (expr); \
	o(",\"" label "\":[\"%llx\",\"%s\",\"%lx\"]", raw_pte(q), bits(q, b), \
	  (unsigned long)pte_pfn(q)); } while (0)
	G("pfn_pte", p);
	G("mkwrite", pte_mkwrite_novma(p));
	G("mkdirty", pte_mkdirty(p));
	G("mkyoung", pte_mkyoung(p));
	G("mkold", pte_mkold(p));
	G("wrprotect", pte_wrprotect(p));
	G("mkclean", pte_mkclean(p));
	G("mkspecial", pte_mkspecial(p));
	G("mkspecial_mkwrite_mkdirty_mkyoung",
	  pte_mkyoung(pte_mkdirty(pte_mkwrite_novma(pte_mkspecial(p)))));
	G("mkwrite_mkdirty", pte_mkdirty(pte_mkwrite_novma(p)));
	G("mkwrite_mkdirty_wrprotect", pte_wrprotect(pte_mkdirty(pte_mkwrite_novma(p))));
	G("mkwrite_mkdirty_mkclean", pte_mkclean(pte_mkdirty(pte_mkwrite_novma(p))));
	G("mkdirty_mkspecial_mkold_wrprotect",
	  pte_wrprotect(pte_mkold(pte_mkspecial(pte_mkdirty(p)))));
	G("modify_none", pte_modify(p, vm_get_page_prot(0)));
	G("modify_none_modify_back", pte_modify(pte_modify(p, vm_get_page_prot(0)), prot));
	G("modify_r", pte_modify(p, vm_get_page_prot(VM_READ)));
	G("modify_rw_shared", pte_modify(p, vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED)));
	G("mkspecial_mkdirty_modify_none",
	  pte_modify(pte_mkdirty(pte_mkspecial(p)), vm_get_page_prot(0)));
	G("mkspecial_mkdirty_modify_rw_shared",
	  pte_modify(pte_mkdirty(pte_mkspecial(p)),
		     vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED)));
#undef G
	o("}");
}

static void o_ram(void)
{
	struct resource *r;
	bool first = true;

	o(",\"ram\":[");
	for (r = iomem_resource.child; r; r = r->sibling) {
		if (!(r->flags & IORESOURCE_SYSRAM) && strcmp(r->name ?: "", "System RAM"))
			continue;
		o("%s[\"%llx\",\"%llx\"]", first ? "" : ",", (u64)r->start, (u64)r->end + 1);
		first = false;
	}
	if (first)	/* no resource tree for RAM on this architecture */
		o("[\"%llx\",\"%llx\"]", (u64)ARCH_PFN_OFFSET << PAGE_SHIFT,
		  (u64)(highest_memmap_pfn + 1) << PAGE_SHIFT);
	o("]");
}

static void o_frames(void)
{
	int i;

	o(",\"frames\":{");
	for (i = 0; i < NP; i++)
		o("%s\"P%d\":\"%lx\"", i ? "," : "", i, p_pfn + i);
	for (i = 0; i < NR; i++)
		o(",\"R%d\":\"%lx\"", i, r_pfn + i);
#if LAB_HUGE
	o_blocks();
#endif
	for (i = 0; have_d && i < ND; i++)
		o(",\"D%d\":\"%lx\"", i, d_pfn + i);
	for (i = 0; have_h && i < NH; i++)
		o(",\"H%d\":\"%lx\"", i, h_pfn + i);
	o(",\"Z\":\"%lx\"}", page_to_pfn(ZERO_PAGE(0)));
}

static void lab_header(void)
{
	static const unsigned long vms[] = {
		0, VM_READ, VM_READ | VM_WRITE, VM_READ | VM_SHARED,
		VM_READ | VM_WRITE | VM_SHARED, VM_READ | VM_EXEC,
	};
	char b[8];
	bool first = true;
	int i, j;

	o("{\"header\":1,\"arch\":\"%s\",\"kernel\":\"%s\",\"machine\":\"%s\",\"page_size\":%lu,\"big_endian\":%d,\"bits\":%d,\"has_pte_special\":%d",
	  lab_arch, init_utsname()->release, init_utsname()->machine, PAGE_SIZE,
	  IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) || (*(u16 *)"\0\1" == 1), BITS_PER_LONG,
	  IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL));
	o_ram();
	o(",\"highest_memmap_pfn\":\"%lx\",\"zero_pfn\":\"%lx\"", highest_memmap_pfn,
	  page_to_pfn(ZERO_PAGE(0)));
	for (i = 0; is_zero_pfn(page_to_pfn(ZERO_PAGE(0)) + i); i++)
		;
	o(",\"zero_pages\":%d", i);
	o_frames();
	o(",\"const\":{\"PAGE_SHIFT\":%d,\"PMD_SHIFT\":%d,\"PUD_SHIFT\":%d,\"P4D_SHIFT\":%d,\"PGDIR_SHIFT\":%d,\"PTRS_PER_PTE\":%d,\"PTRS_PER_PMD\":%d,\"PTRS_PER_PUD\":%d,\"PTRS_PER_PGD\":%d,\"sizeof_pte\":%d,\"PGTABLE_LEVELS\":%d",
	  PAGE_SHIFT, PMD_SHIFT, PUD_SHIFT, P4D_SHIFT, PGDIR_SHIFT, (int)PTRS_PER_PTE,
	  (int)PTRS_PER_PMD, (int)PTRS_PER_PUD, (int)PTRS_PER_PGD, (int)sizeof(pte_t),
	  CONFIG_PGTABLE_LEVELS);
	o(",\"TASK_SIZE\":\"%lx\",\"PFN_OFFSET\":\"%lx\",\"gup_fast\":%d,\"hw_pte_young\":%d,\"debug_vm\":%d,\"swap\":%d,\"pte_devmap\":%d,\"flatmem\":%d,\"color_zero_page\":%d",
	  (unsigned long)TASK_SIZE, (unsigned long)ARCH_PFN_OFFSET,
	  LAB_GUP_FAST, arch_has_hw_pte_young(),
	  IS_ENABLED(CONFIG_DEBUG_VM), IS_ENABLED(CONFIG_SWAP),
	  IS_ENABLED(CONFIG_ARCH_HAS_PTE_DEVMAP), IS_ENABLED(CONFIG_FLATMEM),
#ifdef __HAVE_COLOR_ZERO_PAGE
	  1
#else
	  0
#endif
	  );
	o(",\"ptdesc_none\":\"%llx\",\"pte_none_cleared\":%d", raw_pte(__pte(0)), pte_none(__pte(0)));
#if LAB_HUGE
	o(",\"thp\":1,\"hugetlb\":%d,\"pmd_order\":%d,\"pmd_special\":%d,\"pgtable_deposit\":%d",
	  IS_ENABLED(CONFIG_HUGETLBFS), PMD_SHIFT - PAGE_SHIFT, IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP),
	  arch_needs_pgtable_deposit());
#endif
	o(",\"fault_around_pages\":%d},\n", (int)(65536 >> PAGE_SHIFT));
	o("\"harness\":2,\"config\":[");
	first = true;
	if (LAB_FIND) { o("\"CONFIG_FIND_NORMAL_PAGE\""); first = false; }
#ifdef CONFIG_KSM
	o("%s\"CONFIG_KSM\"", first ? "" : ","); first = false;
#endif
#ifdef CONFIG_NO_PAGE_MAPCOUNT
	o("%s\"CONFIG_NO_PAGE_MAPCOUNT\"", first ? "" : ","); first = false;
#endif
#ifdef CONFIG_SECRETMEM
	o("%s\"CONFIG_SECRETMEM\"", first ? "" : ","); first = false;
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	o("%s\"CONFIG_TRANSPARENT_HUGEPAGE\"", first ? "" : ","); first = false;
#endif
#ifdef CONFIG_X86_PAT
	o("%s\"CONFIG_X86_PAT\"", first ? "" : ","); first = false;
#endif
	o("],\n");
	first = true;
	o("\"vm_flags\":{");
#define V(x) o("%s\"" #x "\":\"%lx\"", first ? "" : ",", (unsigned long)(x)), first = false
	V(VM_READ); V(VM_WRITE); V(VM_EXEC); V(VM_SHARED);
	V(VM_MAYREAD); V(VM_MAYWRITE); V(VM_MAYEXEC); V(VM_MAYSHARE);
	V(VM_GROWSDOWN); V(VM_PFNMAP); V(VM_LOCKED); V(VM_IO);
	V(VM_SEQ_READ); V(VM_RAND_READ); V(VM_DONTCOPY); V(VM_DONTEXPAND);
	V(VM_LOCKONFAULT); V(VM_ACCOUNT); V(VM_NORESERVE); V(VM_HUGETLB);
	V(VM_SYNC); V(VM_WIPEONFORK); V(VM_DONTDUMP); V(VM_SOFTDIRTY);
	V(VM_MIXEDMAP); V(VM_HUGEPAGE); V(VM_NOHUGEPAGE); V(VM_MERGEABLE);
	V(VM_ARCH_1); V(VM_SPECIAL); V(VM_STACK);
#undef V
	o("},\n\"fault_codes\":{\"OOM\":%d,\"SIGBUS\":%d,\"NOPAGE\":%d,\"LOCKED\":%d},\n",
	  VM_FAULT_OOM, VM_FAULT_SIGBUS, VM_FAULT_NOPAGE, VM_FAULT_LOCKED);
	o("\"protection_map\":[");
	for (i = 0; i < 16; i++)
		o("%s\"%llx\"", i ? "," : "", (unsigned long long)pgprot_val(vm_get_page_prot(i)));
	o("],\"noncached\":\"%llx\",\"writecombine\":\"%llx\",\n",
	  (unsigned long long)pgprot_val(pgprot_noncached(vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED))),
	  (unsigned long long)pgprot_val(pgprot_writecombine(vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED))));
	o("\"golden\":[\n");
	for (i = 0; i < ARRAY_SIZE(vms); i++) {
		golden_line("P0", p_pfn, vms[i], i == 0);
		golden_line("Z", page_to_pfn(ZERO_PAGE(0)), vms[i], false);
		golden_line("-", 0x12345, vms[i], false);
		golden_line("-", 0xabc, vms[i], false);
		if (have_d)
			golden_line("D3", d_pfn + 3, vms[i], false);
	}
	o("],\n\"swap\":[");
	first = true;
	for (i = 0; i < 4; i++) {
		static const unsigned long offs[] = { 0, 1, 2, 0x123, 0x4567 };

		for (j = 0; j < ARRAY_SIZE(offs); j++) {
			swp_entry_t e = __swp_entry(i, offs[j]), k;
			pte_t p = __swp_entry_to_pte(e);

			k = __pte_to_swp_entry(p);
			o("%s{\"type\":%d,\"offset\":\"%lx\",\"raw\":\"%llx\",\"none\":%d,\"present\":%d,\"back\":[%d,\"%lx\"]}",
			  first ? "" : ",", i, offs[j], raw_pte(p), pte_none(p) ? 1 : 0,
			  pte_present(p) ? 1 : 0, (int)__swp_type(k), (unsigned long)__swp_offset(k));
			first = false;
		}
	}
	o("]}\n");
	for (i = 0; i < (int)outn - 1; i++)
		if (out[i] == '\n')
			out[i] = ' ';
	(void)b;
	o_flush();
}

/* ----------------------------------------------------------- the device */

static long lab_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *u = (void __user *)arg;
	struct lab_region *r, *rn;
	struct lab_cmd *c;
	struct lab_begin bg;
	struct lab_script sc;
	struct lab_dump d;
	struct console *con;
	long ret = 0;
	char *s;

	switch (cmd) {
	case LABIO_BEGIN:
		if (copy_from_user(&bg, u, sizeof(bg)))
			return -EFAULT;
		while (npins)
			unpin_user_page(pins[--npins]);
		list_for_each_entry_safe(r, rn, &regions, list) {
			list_del(&r->list);
			kfree(r);
		}
		lru_add_drain_all();
#if LAB_HUGE
		if (huge_zero_folio) {
			struct shrink_control sc = { .gfp_mask = GFP_KERNEL };

			lab_zero_shrinker->scan_objects(lab_zero_shrinker, &sc);
		}
		counters_begin();
		pools_begin();
#endif
		frames_reset();
		klog_pos = 0;
		memset(&next_mmap, 0, sizeof(next_mmap));
		s = strndup_user(bg.name, 200);
		if (IS_ERR(s))
			return PTR_ERR(s);
		o("{\"begin\":\"%s\",\"index\":%d,\"arch\":\"%s\",\"kernel\":\"%s\",\"page_size\":%lu,\"has_pte_special\":%d",
		  s, bg.index, lab_arch, init_utsname()->release, PAGE_SIZE,
		  IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL));
		o_ram();
		o(",\"highest_memmap_pfn\":\"%lx\",\"zero_pfn\":\"%lx\"", highest_memmap_pfn,
		  page_to_pfn(ZERO_PAGE(0)));
		o_frames();
		o("}\n");
		o_flush();
		kfree(s);
		break;
	case LABIO_TEXT:
		if (copy_from_user(&bg, u, sizeof(bg)))
			return -EFAULT;
		if (bg.len > 8192 || copy_from_user(out, bg.name, bg.len))
			return -EFAULT;
		outn = bg.len;
		o_flush();
		break;
	case LABIO_OPSTART:
		flush_messages();
		calls_fault = calls_pfnmkw = calls_pagemkw = calls_huge = loops = 0;
#if LAB_HUGE
		counters_step();
#endif
		fault_would[0] = 0;
		nmsg = msgs_lost = nbad = linelen = 0;
		pend[0] = 0;
		capture = true;
		mmap_would[0] = mmap_text[0] = 0;
		generic_bug_clear_once();
		memset(__start_once, 0, __end_once - __start_once);
		break;
	case LABIO_CMD:
		c = memdup_user(u, sizeof(*c));
		if (IS_ERR(c))
			return PTR_ERR(c);
		lab_do_cmd(file, c);
		if (copy_to_user(u, c, sizeof(*c)))
			ret = -EFAULT;
		kfree(c);
		break;
	case LABIO_NEXT:
		if (copy_from_user(&next_mmap, u, sizeof(next_mmap)))
			return -EFAULT;
		break;
	case LABIO_MMAPRES:
		c = memdup_user(u, sizeof(*c));
		if (IS_ERR(c))
			return PTR_ERR(c);
		strscpy(c->would, mmap_would, sizeof(c->would));
		strscpy(c->text, mmap_text, sizeof(c->text));
		if (copy_to_user(u, c, sizeof(*c)))
			ret = -EFAULT;
		kfree(c);
		break;
	case LABIO_DUMP:
		if (copy_from_user(&d, u, sizeof(d)))
			return -EFAULT;
		ret = lab_dump(&d);
		break;
	case LABIO_SCRIPT:
		if (copy_from_user(&sc, u, sizeof(sc)))
			return -EFAULT;
		ret = script_read(&sc);
		if (!ret && copy_to_user(u, &sc, sizeof(sc)))
			ret = -EFAULT;
		break;
	case LABIO_HEADER:
		lab_header();
		break;
	case LABIO_QUIET:
		for (;;) {
			struct console *other = NULL;

			console_lock();
			for_each_console(con)
				if (con != &lab_con)
					other = con;
			console_unlock();
			if (!other || unregister_console(other))
				break;
		}
		break;
	default:
		ret = -ENOTTY;
	}
	return ret;
}

static const struct file_operations lab_fops = {
	.owner		= THIS_MODULE,
	.mmap		= lab_mmap,
	.unlocked_ioctl	= lab_ioctl,
};

#if LAB_73
static const struct file_operations lab_prep_fops = {
	.owner		= THIS_MODULE,
	.mmap_prepare	= lab_mmap_prepare,
	.unlocked_ioctl	= lab_ioctl,
};

static struct miscdevice lab_prep_dev = {
	.minor	= LAB_MINOR + 1,
	.name	= "pfnlab2",
	.fops	= &lab_prep_fops,
};
#endif

static struct miscdevice lab_dev = {
	.minor	= LAB_MINOR,
	.name	= "pfnlab",
	.fops	= &lab_fops,
};

static bool is_lab_vma(struct vm_area_struct *vma)
{
	/* the misc layer replaces f_op at open */
#if LAB_73
	if (vma->vm_file && vma->vm_file->f_op == &lab_prep_fops)
		return true;
#endif
	return vma->vm_file && vma->vm_file->f_op == &lab_fops;
}

static struct page *lab_top_block;

/* the block with the highest pfn, before anybody else has memory there; what is free above it is lost */
static int __init lab_early(void)
{
	int order = get_order(NP * PAGE_SIZE);
	struct page *p, *n;
	LIST_HEAD(all);

	if (!lab_top)
		return 0;
	while ((p = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN, order)))
		list_add(&p->lru, &all);
	list_for_each_entry(p, &all, lru)
		if (!lab_top_block || page_to_pfn(p) > page_to_pfn(lab_top_block))
			lab_top_block = p;
	list_for_each_entry_safe(p, n, &all, lru) {
		list_del(&p->lru);
		if (p != lab_top_block)
			__free_pages(p, order);
	}
	INIT_LIST_HEAD(&all);
	while ((p = alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN, 0)))
		list_add(&p->lru, &all);
	list_for_each_entry_safe(p, n, &all, lru) {
		list_del(&p->lru);
		if (page_to_pfn(p) < page_to_pfn(lab_top_block))
			__free_page(p);
	}
	return 0;
}
core_initcall(lab_early);

static int __init lab_init(void)
{
	struct page *z = ZERO_PAGE(0), *p;
	int i, err;

	out = vmalloc(OUTSZ);
	p = lab_top ? lab_top_block :
		alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(NP * PAGE_SIZE));
	if (!out || !p)
		return -ENOMEM;
	split_page(p, get_order(NP * PAGE_SIZE));
	p_pfn = page_to_pfn(p);
	for (i = 0; i < NP; i++)
		fp[i] = p + i;
	if (lab_top)
		highest_memmap_pfn = p_pfn + NP / 2 - 1;
	p = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(NR * PAGE_SIZE));
	if (!p)
		return -ENOMEM;
	split_page(p, get_order(NR * PAGE_SIZE));
	r_pfn = page_to_pfn(p);
	for (i = 0; i < NR; i++)
		fr[i] = p + i;

	z_base = page_count(z) + BIAS;
	z_flags = lab_pgflags(z);

	if (lab_hid) {
		d_pfn = lab_hid >> PAGE_SHIFT;
		have_d = !pfn_valid(d_pfn) && !pfn_valid(d_pfn + ND - 1) &&
			 d_pfn > highest_memmap_pfn;
		pr_info("pfnlab: D frames at pfn %lx: %s (highest_memmap_pfn %lx)\n", d_pfn,
			have_d ? "ok" : "NOT USABLE", highest_memmap_pfn);
		if (have_d)
			d_map = map_phys(lab_hid, ND * PAGE_SIZE);
	}
#if LAB_HUGE
	err = blocks_init(have_d);
	if (err)
		return err;
#endif
	if (lab_hole) {
		h_pfn = lab_hole >> PAGE_SHIFT;
		have_h = !pfn_valid(h_pfn) && !pfn_valid(h_pfn + NH - 1) &&
			 h_pfn + NH <= highest_memmap_pfn;
		pr_info("pfnlab: H frames at pfn %lx: %s\n", h_pfn, have_h ? "ok" : "NOT USABLE");
		if (have_h)
			h_map = map_phys(lab_hole, NH * PAGE_SIZE);
	}
	log_init();
	register_console(&lab_con);
	err = misc_register(&lab_dev);
#if LAB_73
	if (!err)
		err = misc_register(&lab_prep_dev);
#endif
	pr_info("pfnlab: ready %d, log %s\n", err, log_hdr ? "ok" : "NONE");
	return err;
}
late_initcall(lab_init);
