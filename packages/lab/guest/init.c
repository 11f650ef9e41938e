/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PID 1 of the laboratory machine: takes scenario scripts from the driver, which
 * has them from the host, plays each of them with fresh worker processes, and asks the pfnlab driver
 * to write one record after every step.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "pfnlab.h"

#ifndef MADV_COLD
#define MADV_COLD 20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MFD_HUGETLB
#define MFD_HUGETLB 4
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define NW	4
#define LINE	1024

#define NBIG	3	/* big0: tmpfs huge=always, big1: huge=never, big2: huge=advise */
#define NHUGE	2	/* huge0, huge1: memfd_create(MFD_HUGETLB) of HUGE_PAGES pages */
#define HUGE_PAGES	4

static int bfd[NBIG] = { -1, -1, -1 }, hfd[NHUGE] = { -1, -1 };
static unsigned long pmdsize;
static int thp, hugetlb;
static int devfd = -1, prepfd = -1, con = -1, tfd[2] = { -1, -1 };
static int cmdp[NW][2], rspp[NW][2];
static int wpid[NW];
static unsigned long page;

struct wres {
	long long ret;
	int sig, code, val, hasval, pid;
	char would[48];
	char text[1024];
};

static void say(const char *fmt, ...)
{
	char b[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b, sizeof(b), fmt, ap);
	va_end(ap);
	if (con >= 0 && write(con, b, n) < 0)
		;
}

/* --------------------------------------------------------------- parsing */

/* value of key= in a line whose fields are separated by sep; false if absent */
static int get(const char *line, char sep, const char *key, char *val, size_t n)
{
	size_t kl = strlen(key);
	const char *p = line;

	while (*p) {
		const char *e = strchr(p, sep);
		size_t l = e ? (size_t)(e - p) : strlen(p);

		if (l > kl && !strncmp(p, key, kl) && p[kl] == '=') {
			size_t k = l - kl - 1;

			if (k >= n)
				k = n - 1;
			memcpy(val, p + kl + 1, k);
			val[k] = 0;
			return 1;
		}
		if (!e)
			break;
		p = e + 1;
	}
	val[0] = 0;
	return 0;
}

static long num(const char *line, char sep, const char *key, long def)
{
	char v[64];

	return get(line, sep, key, v, sizeof(v)) ? strtol(v, NULL, 0) : def;
}

static void frame(const char *line, char sep, const char *key, int *kind, int *idx)
{
	char v[64];

	*kind = *idx = 0;
	if (get(line, sep, key, v, sizeof(v)) && v[0]) {
		char *plus = strchr(v, '+');

		*kind = v[0];
		*idx = atoi(v + 1);
		/* C1+3: page 3 of block 1 */
		if (strchr("CNG", v[0]))
			*idx = *idx * LAB_BLK + (plus ? atoi(plus + 1) : 0);
	}
}

static const struct { const char *name; int op; } optab[] = {
	{ "flags", OP_FLAGS }, { "setpgoff", OP_SETPGOFF }, { "remap", OP_REMAP },
	{ "ioremap", OP_IOREMAP }, { "iomap", OP_IOMAP }, { "insert_page", OP_INSERT_PAGE },
	{ "insert_pages", OP_INSERT_PAGES }, { "map_pages", OP_MAP_PAGES },
	{ "map_pages_zero", OP_MAP_PAGES_ZERO }, { "insert_pfn", OP_INSERT_PFN },
	{ "insert_pfn_prot", OP_INSERT_PFN_PROT }, { "insert_mixed", OP_INSERT_MIXED },
	{ "insert_mixed_mkwrite", OP_INSERT_MIXED_MKW }, { "zap", OP_ZAP },
	{ "setpte", OP_SETPTE }, { "clrpte", OP_CLRPTE }, { "unmap_range", OP_UNMAP_RANGE },
	{ "get", OP_GET }, { "put", OP_PUT }, { "pin", OP_PIN }, { "pin_fast", OP_PIN_FAST },
	{ "gup_fast_only", OP_GUP_FAST_ONLY }, { "unpin", OP_UNPIN }, { "follow", OP_FOLLOW },
	{ "peek", OP_PEEK }, { "poke", OP_POKE },
	{ "mmap", OP_MMAP }, { "munmap", OP_MUNMAP }, { "mprotect", OP_MPROTECT },
	{ "mremap", OP_MREMAP }, { "madvise", OP_MADVISE }, { "mlock", OP_MLOCK },
	{ "munlock", OP_MUNLOCK }, { "read", OP_READ }, { "write", OP_WRITE },
	{ "fork", OP_FORK }, { "exit", OP_EXIT },
	{ "insert_pfn_pmd", OP_INSERT_PFN_PMD }, { "mseal", OP_MSEAL },
	{ "split", OP_SPLIT }, { "shrink", OP_SHRINK }, { "tune", OP_TUNE }, { "fwrite", OP_FWRITE },
	{ "ftrunc", OP_FTRUNC }, { "fpunch", OP_FPUNCH }, { "smaps", OP_SMAPS }, { "pagemap", OP_PAGEMAP },
};

static int opcode(const char *line)
{
	size_t l = strcspn(line, " ;");
	unsigned i;

	for (i = 0; i < sizeof(optab) / sizeof(optab[0]); i++)
		if (strlen(optab[i].name) == l && !strncmp(optab[i].name, line, l))
			return optab[i].op;
	return OP_NONE;
}

static int prot_of(const char *line, char sep)
{
	char v[16];
	int p = 0;

	get(line, sep, "prot", v, sizeof(v));
	if (strchr(v, 'r'))
		p |= PROT_READ;
	if (strchr(v, 'w'))
		p |= PROT_WRITE;
	if (strchr(v, 'x'))
		p |= PROT_EXEC;
	return p;
}

static unsigned long lab_flags(const char *s)
{
	static const struct { const char *n; unsigned long f; } t[] = {
		{ "PFNMAP", LF_PFNMAP }, { "MIXEDMAP", LF_MIXEDMAP }, { "IO", LF_IO },
		{ "DONTEXPAND", LF_DONTEXPAND }, { "DONTCOPY", LF_DONTCOPY },
		{ "DONTDUMP", LF_DONTDUMP }, { "MAYWRITE", LF_MAYWRITE },
	};
	unsigned long r = 0;
	unsigned i;

	while (*s) {
		size_t l = strcspn(s, "|");

		for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
			if (strlen(t[i].n) == l && !strncmp(t[i].n, s, l))
				r |= t[i].f;
		s += l;
		if (*s)
			s++;
	}
	return r;
}

static unsigned long slot_addr(long v, long p)
{
	unsigned long a = LAB_BASE + v * LAB_STRIDE + p * page;

	if (v == 3)	/* this slot straddles a page table boundary */
		a -= 2 * page;
	return a;
}

/* kernel side command from a line; addr is relative when the line is a pre= */
static void parse_cmd(const char *line, char sep, struct lab_cmd *c, int relative)
{
	char v[128];

	memset(c, 0, sizeof(*c));
	c->op = opcode(line);
	frame(line, sep, "frame", &c->frame_kind, &c->frame_idx);
	c->special = num(line, sep, "special", 0);
	c->wr = num(line, sep, "w", 0);
	c->longterm = num(line, sep, "longterm", 0);
	c->hold = num(line, sep, "hold", 0);
	c->even = num(line, sep, "even", 0);
	c->force = num(line, sep, "force", 0);
	c->self = num(line, sep, "self", 0);
	c->val = num(line, sep, "val", 1);
	c->pfnt = num(line, sep, "t", 0);
	c->pgoff = num(line, sep, c->op == OP_SPLIT ? "order" : "pgoff", 0);
	if (c->op == OP_INSERT_PFN_PMD)
		c->pfnt = num(line, sep, "t", 2);
	c->npages = num(line, sep, "n", 1);
	if (c->op == OP_SHRINK) {
		get(line, sep, "what", v, sizeof(v));
		c->special = !strcmp(v, "zero");
		c->npages = num(line, sep, "n", 1000);
	}
	get(line, sep, "set", v, sizeof(v));
	c->set = lab_flags(v);
	get(line, sep, "clear", v, sizeof(v));
	c->clear = lab_flags(v);
	if (get(line, sep, "prot", v, sizeof(v)))
		c->prot = (strchr(v, 'r') ? 1 : 0) | (strchr(v, 'w') ? 2 : 0) |
			  (strchr(v, 'x') ? 4 : 0) | (strchr(v, 's') ? 8 : 0);
	c->addr = relative ? (unsigned long)num(line, sep, "p", 0) * page :
		slot_addr(num(line, sep, "v", 0), num(line, sep, "p", 0));
}

/* ---------------------------------------------------------------- worker */

static sigjmp_buf jb;
static volatile int got_sig, got_code;

static void on_sig(int sig, siginfo_t *si, void *u)
{
	(void)u;
	got_sig = sig;
	got_code = si->si_code;
	siglongjmp(jb, 1);
}

static void worker(int k);
static char stacks[NW][65536] __attribute__((aligned(64)));

static int child_main(void *arg)
{
	worker((int)(intptr_t)arg);
	_exit(0);
}

static int spawn(int k, int flags)
{
#if defined(__hppa__)
	return clone(child_main, stacks[k], flags | SIGCHLD, (void *)(intptr_t)k);
#else
	return clone(child_main, stacks[k] + sizeof(stacks[k]) - 256, flags | SIGCHLD,
		     (void *)(intptr_t)k);
#endif
}

static int advice(const char *line)
{
	char v[32];
	static const struct { const char *n; int a; } t[] = {
		{ "dontneed", MADV_DONTNEED }, { "free", MADV_FREE }, { "cold", MADV_COLD },
		{ "pageout", MADV_PAGEOUT }, { "willneed", MADV_WILLNEED },
		{ "dontfork", MADV_DONTFORK }, { "dofork", MADV_DOFORK },
		{ "populate_read", MADV_POPULATE_READ }, { "populate_write", MADV_POPULATE_WRITE },
		{ "remove", MADV_REMOVE }, { "wipeonfork", MADV_WIPEONFORK },
		{ "keeponfork", MADV_KEEPONFORK }, { "random", MADV_RANDOM },
		{ "normal", MADV_NORMAL }, { "sequential", MADV_SEQUENTIAL },
		{ "dontdump", MADV_DONTDUMP }, { "dodump", MADV_DODUMP },
		{ "dontneed_locked", MADV_DONTNEED_LOCKED }, { "hugepage", MADV_HUGEPAGE },
		{ "nohugepage", MADV_NOHUGEPAGE }, { "collapse", MADV_COLLAPSE },
	};
	unsigned i;

	get(line, ' ', "adv", v, sizeof(v));
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (!strcmp(t[i].n, v))
			return t[i].a;
	return 9999;
}

#define THPDIR "/sys/kernel/mm/transparent_hugepage/"
#define POOLDIR "/sys/kernel/mm/hugepages/"

static int tune(const char *key, const char *val)
{
	char path[256];
	int fd, r = 0;

	if (!strncmp(key, "nr_", 3))
		snprintf(path, sizeof(path), "/proc/sys/vm/%s", key);
	else
		snprintf(path, sizeof(path), "%s%s", strstr(key, "/nr_") ? POOLDIR : THPDIR, key);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	if (write(fd, val, strlen(val)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* the same settings at the start of every scenario */
static void tune_defaults(void)
{
	static const char *const t[][2] = {
		{ "enabled", "madvise" }, { "defrag", "madvise" }, { "use_zero_page", "1" },
		{ "shmem_enabled", "never" }, { "shrink_underused", "1" },
		{ "khugepaged/defrag", "1" }, { "khugepaged/max_ptes_none", NULL },
		{ "khugepaged/max_ptes_swap", NULL }, { "khugepaged/max_ptes_shared", NULL },
	};
	unsigned long kb;
	char k[64], v[32];
	unsigned i;

	if (hugetlb) {
		tune("nr_overcommit_hugepages", "0");
		tune("nr_hugepages", "0");
	}
	if (!thp)
		return;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		unsigned long nr = pmdsize / page;

		snprintf(v, sizeof(v), "%lu", strstr(t[i][0], "none") ? nr - 1 : strstr(t[i][0], "swap") ? nr / 8 : nr / 2);
		if (tune(t[i][0], t[i][1] ? t[i][1] : v))
			say("tune %s: %d\n", t[i][0], errno);
	}
	for (kb = page / 512; kb <= pmdsize / 1024; kb *= 2) {
		snprintf(k, sizeof(k), "hugepages-%lukB/enabled", kb);
		tune(k, kb == pmdsize / 1024 ? "inherit" : "never");
		snprintf(k, sizeof(k), "hugepages-%lukB/shmem_enabled", kb);
		tune(k, kb == pmdsize / 1024 ? "inherit" : "never");
	}
}

/* PID 1 and the workers themselves never get large folios, whatever a scenario sets */
static void no_huge_self(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/maps", "r");

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long a, b;

		if (sscanf(line, "%lx-%lx", &a, &b) == 2)
			madvise((void *)a, b - a, MADV_NOHUGEPAGE);
	}
	if (f)
		fclose(f);
}

/* of what /proc/self/smaps says of the VMA at an address, in kB: clean and dirty together */
static void smaps(unsigned long at, char *text, size_t n)
{
	static const char *const keys[] = {
		"Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Anonymous",
		"AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb",
	};
	enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
	unsigned long kb[KEYS] = { 0 };
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[256], key[64];
	const char *comma = "";
	size_t k;
	int i, in = 0;

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long a, b;

		if (sscanf(line, "%lx-%lx ", &a, &b) == 2 && strchr(line, '-') < strchr(line, ' ')) {
			in = at >= a && at < b;
			continue;
		}
		if (!in || sscanf(line, "%63[^:]: %lu", key, &a) != 2)
			continue;
		for (i = 0; i < KEYS; i++)
			if (!strcmp(key, keys[i]))
				kb[i] = a;
	}
	if (f)
		fclose(f);
	k = snprintf(text, n, ",\"smaps\":{");
	for (i = 0; i < KEYS; i++) {
		int both = i == 2 || i == 4;	/* clean, then dirty */
		const char *name = i == 2 ? "Shared" : i == 4 ? "Private" : keys[i];
		unsigned long v = kb[i] + (both ? kb[i + 1] : 0);

		if (v) {
			k += snprintf(text + k, n - k, "%s\"%s\":%lu", comma, name, v);
			comma = ",";
		}
		i += both;
	}
	snprintf(text + k, n - k, "}");
}

/* the page's entry of /proc/self/pagemap without its frame and the soft-dirty bit, and what /proc/kpagecount has of the frame */
static void pagemap(unsigned long at, char *text, size_t n)
{
	unsigned long long entry = 0, count = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	size_t k;

	if (fd < 0 || pread(fd, &entry, 8, (off_t)(at / page) * 8) != 8)
		entry = 0;
	if (fd >= 0)
		close(fd);
	k = snprintf(text, n, ",\"pagemap\":\"%s%s%s%s\"", entry >> 63 & 1 ? "P" : "", entry >> 62 & 1 ? "S" : "",
		     entry >> 61 & 1 ? "F" : "", entry >> 56 & 1 ? "X" : "");
	if (!(entry >> 63 & 1) || !(entry & ((1ULL << 55) - 1)))
		return;
	fd = open("/proc/kpagecount", O_RDONLY);
	if (fd >= 0 && pread(fd, &count, 8, (off_t)(entry & ((1ULL << 55) - 1)) * 8) == 8)
		snprintf(text + k, n - k, ",\"kpagecount\":%lld", (long long)count);
	if (fd >= 0)
		close(fd);
}

/* of a file that a script names */
static int file_of(const char *name)
{
	unsigned k = name[0] && name[1] && name[2] && name[3] ? name[name[0] == 'h' ? 4 : 3] - '0' : 99;

	if (!strncmp(name, "big", 3) && k < NBIG)
		return bfd[k];
	if (!strncmp(name, "huge", 4) && k < NHUGE)
		return hfd[k];
	if (!strncmp(name, "tmp", 3) && k < 2)
		return tfd[k];
	return -1;
}

static void run_op(const char *line, struct wres *r)
{
	int op = opcode(line);
	long v = num(line, ' ', "v", 0), p = num(line, ' ', "p", 0), n = num(line, ' ', "n", 1);
	unsigned long a = slot_addr(v, p);
	char s[160];
	void *m;

	memset(r, 0, sizeof(*r));
	if (op > OP_NONE && op <= OP_LAST_KERNEL) {
		struct lab_cmd c;

		parse_cmd(line, ' ', &c, 0);
		if (ioctl(devfd, LABIO_CMD, &c) < 0) {
			r->ret = -errno;
			strcpy(r->would, "ioctl");
			return;
		}
		r->ret = c.ret;
		strcpy(r->would, c.would);
		strcpy(r->text, c.text);
		return;
	}
	switch (op) {
	case OP_MMAP: {
		int fl = MAP_FIXED, fd = -1, dev = 0, k;
		long pgoff = num(line, ' ', "pgoff", 0);

		get(line, ' ', "share", s, sizeof(s));
		/* d: MAP_DROPPABLE */
		fl |= s[0] == 's' ? MAP_SHARED : s[0] == 'd' ? 8 : MAP_PRIVATE;
		get(line, ' ', "file", s, sizeof(s));
		if (num(line, ' ', "noreserve", 0))
			fl |= MAP_NORESERVE;
		if (!strcmp(s, "anon")) {
			fl |= MAP_ANONYMOUS;
		} else if (!strcmp(s, "huge")) {
			fl |= MAP_ANONYMOUS | MAP_HUGETLB;
		} else if (!strncmp(s, "big", 3) || !strncmp(s, "huge", 4)) {
			fd = file_of(s);
		} else if (!strcmp(s, "tmp0")) {
			fd = tfd[0];
		} else if (!strcmp(s, "tmp1")) {
			fd = tfd[1];
		} else {
			struct lab_next_mmap nx;

			dev = 1;
			fd = strcmp(s, "prep") ? devfd : prepfd;
			memset(&nx, 0, sizeof(nx));
			if (get(line, ' ', "fault", s, sizeof(s))) {
				char *q = strchr(s, ':');

				if (q) {
					char fr[40];

					*q++ = 0;
					snprintf(fr, sizeof(fr), "f=%.30s", q);
					frame(fr, ' ', "f", &nx.frame_kind, &nx.frame_idx);
				}
				nx.fault = !strcmp(s, "page") ? FAULT_PAGE :
					   !strcmp(s, "pfn") ? FAULT_PFN :
					   !strcmp(s, "mixed") ? FAULT_MIXED :
					   !strcmp(s, "mixedw") ? FAULT_MIXEDW :
					   !strcmp(s, "sigbus") ? FAULT_SIGBUS :
					   !strcmp(s, "pfnpmd") ? FAULT_PFNPMD : FAULT_NONE;
			}
			nx.limit = num(line, ' ', "frames", 0);
			frame(line, ' ', "fsp", &nx.fsp_kind, &nx.fsp_idx);
			if (get(line, ' ', "mkw", s, sizeof(s)))
				nx.mkw = !strcmp(s, "pfn") ? MKW_PFN : !strcmp(s, "page") ? MKW_PAGE :
					 !strcmp(s, "both") ? MKW_BOTH : MKW_NONE;
			for (k = 0; k < LAB_NPRE; k++) {
				static const char *const names[LAB_NPRE] = {
					"pre", "pre2", "pre3", "pre4", "pre5", "pre6", "pre7", "pre8" };

				if (!get(line, ' ', names[k], s, sizeof(s)))
					break;
				parse_cmd(s, ';', &nx.pre[k], 1);
			}
			ioctl(devfd, LABIO_NEXT, &nx);
		}
		m = mmap((void *)a, n * page, prot_of(line, ' '), fl, fd, (off_t)pgoff * page);
		if (m == MAP_FAILED)
			r->ret = -errno;
		else if ((unsigned long)m != a)
			snprintf(r->text, sizeof(r->text), ",\"addr\":\"%lx\"", (unsigned long)m);
		if (dev) {
			struct lab_cmd c;

			memset(&c, 0, sizeof(c));
			ioctl(devfd, LABIO_MMAPRES, &c);
			strcpy(r->would, c.would);
			if (c.text[0])
				strcpy(r->text, c.text);
		}
		break;
	}
	case OP_MUNMAP:
		r->ret = munmap((void *)a, n * page) ? -errno : 0;
		break;
	case OP_MPROTECT:
		r->ret = mprotect((void *)a, n * page, prot_of(line, ' ')) ? -errno : 0;
		break;
	case OP_MREMAP: {
		long newn = num(line, ' ', "newn", n), to = num(line, ' ', "to", -1);
		int fl = 0;
		void *na = NULL;

		if (to >= 0) {
			fl = MREMAP_MAYMOVE | MREMAP_FIXED;
			na = (void *)slot_addr(to, num(line, ' ', "top", 0));
			if (num(line, ' ', "du", 0))
				fl |= MREMAP_DONTUNMAP;
		}
		m = mremap((void *)a, n * page, newn * page, fl, na);
		r->ret = m == MAP_FAILED ? -errno : 0;
		break;
	}
	case OP_MADVISE:
		r->ret = madvise((void *)a, n * page, advice(line)) ? -errno : 0;
		break;
	case OP_MSEAL:
		/* 462 everywhere but on alpha */
		r->ret = syscall(462, a, n * page, 0UL) ? -errno : 0;
		break;
	case OP_MLOCK:
		r->ret = mlock((void *)a, n * page) ? -errno : 0;
		break;
	case OP_MUNLOCK:
		r->ret = munlock((void *)a, n * page) ? -errno : 0;
		break;
	case OP_READ:
	case OP_WRITE:
		got_sig = 0;
		if (!sigsetjmp(jb, 0)) {
			if (op == OP_READ) {
				r->val = *(volatile unsigned char *)a;
				r->hasval = 1;
			} else {
				*(volatile unsigned char *)a = (unsigned char)num(line, ' ', "val", 1);
			}
		} else {
			r->sig = got_sig;
			r->code = got_code;
		}
		break;
	case OP_TUNE: {
		char val[64];

		get(line, ' ', "key", s, sizeof(s));
		get(line, ' ', "val", val, sizeof(val));
		r->ret = tune(s, val);
		break;
	}
	case OP_FWRITE: {
		/* n whole pages, each filled with its own value */
		long i;
		static unsigned char buf[65536];

		get(line, ' ', "file", s, sizeof(s));
		for (i = 0; i < n; i++) {
			memset(buf, (int)(num(line, ' ', "val", 1) + i) & 255, page);
			if (pwrite(file_of(s), buf, page, (off_t)(p + i) * page) != (ssize_t)page) {
				r->ret = -errno;
				break;
			}
		}
		break;
	}
	case OP_FTRUNC:
		get(line, ' ', "file", s, sizeof(s));
		r->ret = ftruncate(file_of(s), (off_t)n * page) ? -errno : 0;
		break;
	case OP_FPUNCH:
		get(line, ' ', "file", s, sizeof(s));
		r->ret = fallocate(file_of(s), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
				   (off_t)p * page, (off_t)n * page) ? -errno : 0;
		break;
	case OP_SMAPS:
		smaps(a, r->text, sizeof(r->text));
		break;
	case OP_PAGEMAP:
		pagemap(a, r->text, sizeof(r->text));
		break;
	case OP_FORK:
		r->pid = spawn((int)num(line, ' ', "child", 1), CLONE_PARENT);
		r->ret = r->pid < 0 ? -errno : 0;
		break;
	case OP_EXIT:
		_exit(0);
	default:
		r->ret = -1;
		strcpy(r->would, "unknown-op");
	}
}

static void worker(int k)
{
	struct sigaction sa;
	char line[LINE];
	struct wres r;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_sig;
	sa.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGFPE, &sa, NULL);
	for (;;) {
		if (read(cmdp[k][0], line, LINE) != LINE)
			_exit(1);
		run_op(line, &r);
		if (write(rspp[k][1], &r, sizeof(r)) != sizeof(r))
			_exit(1);
	}
}

/* ------------------------------------------------------------- conductor */

static int wait_res(int k, struct wres *r)
{
	struct pollfd pf = { .fd = rspp[k][0], .events = POLLIN };
	int i, st;

	for (i = 0; i < (thp ? 30 : 5); i++) {	/* huge pages are slow without KVM */
		int n = poll(&pf, 1, 1000);

		if (n == 1 && read(rspp[k][0], r, sizeof(*r)) == sizeof(*r))
			return 0;
		if (waitpid(wpid[k], &st, WNOHANG) == wpid[k]) {
			wpid[k] = 0;
			memset(r, 0, sizeof(*r));
			r->ret = -2000;
			r->sig = WIFSIGNALED(st) ? WTERMSIG(st) : 0;
			strcpy(r->would, "worker-died");
			return -1;
		}
	}
	kill(wpid[k], SIGKILL);
	waitpid(wpid[k], &st, 0);
	wpid[k] = 0;
	memset(r, 0, sizeof(*r));
	r->ret = -2001;
	strcpy(r->would, "worker-hang");
	return -1;
}

static const char *signame(int s)
{
	return s == SIGSEGV ? "SIGSEGV" : s == SIGBUS ? "SIGBUS" : s == SIGILL ? "SIGILL" :
	       s == SIGKILL ? "SIGKILL" : "OTHER";
}

/* the op as a JSON object: every field that is a plain number stays one */
static int op_json(const char *line, char *b, size_t n)
{
	const char *p = line;
	size_t l = strcspn(p, " ");
	int k = snprintf(b, n, "{\"name\":\"%.*s\"", (int)l, p);

	p += l;
	while (*p == ' ')
		p++;
	while (*p) {
		char key[32], val[160];
		const char *eq;
		char *end;

		l = strcspn(p, " ");
		eq = memchr(p, '=', l);
		if (eq) {
			snprintf(key, sizeof(key), "%.*s", (int)(eq - p), p);
			snprintf(val, sizeof(val), "%.*s", (int)(l - (eq - p) - 1), eq + 1);
			strtol(val, &end, 10);
			if (strcmp(key, "mm"))
				k += snprintf(b + k, n - k, *end || !val[0] ? ",\"%s\":\"%s\"" : ",\"%s\":%s",
					      key, val);
		}
		p += l;
		while (*p == ' ')
			p++;
	}
	k += snprintf(b + k, n - k, "}");
	return k;
}

static void record(const char *scn, int seq, int k, const char *line, const struct wres *r)
{
	static char pre[8192];
	struct lab_dump d;
	int n, i;

	n = snprintf(pre, sizeof(pre), "{\"scenario\":\"%s\",\"seq\":%d,\"mm\":%d,\"op\":", scn, seq, k);
	n += op_json(line, pre + n, sizeof(pre) - n);
	n += snprintf(pre + n, sizeof(pre) - n, ",\"ret\":%lld", r->ret);
	if (r->ret < 0 && r->ret > -1000) {
		const char *e = strerrorname_np((int)-r->ret);

		n += snprintf(pre + n, sizeof(pre) - n, ",\"err\":\"%s\"", e ? e : "?");
	}
	if (r->would[0])
		n += snprintf(pre + n, sizeof(pre) - n, ",\"would\":\"%s\"", r->would);
	if (r->sig)
		n += snprintf(pre + n, sizeof(pre) - n, ",\"signal\":\"%s\",\"si_code\":%d",
			      signame(r->sig), r->code);
	if (r->hasval && !r->sig)
		n += snprintf(pre + n, sizeof(pre) - n, ",\"val\":%d", r->val);
	n += snprintf(pre + n, sizeof(pre) - n, "%s", r->text);
	memset(&d, 0, sizeof(d));
	for (i = 0; i < NW; i++)
		if (wpid[i] > 0) {
			d.pids[d.npids] = wpid[i];
			d.mmidx[d.npids++] = i;
		}
	d.prefix = pre;
	d.prefix_len = n;
	if (ioctl(devfd, LABIO_DUMP, &d) < 0)
		say("dump failed: %d\n", errno);
}

static void step(const char *scn, int seq, const char *line0)
{
	char line[LINE];
	struct wres r;
	int k, op, st;

	memset(line, 0, sizeof(line));
	strncpy(line, line0, LINE - 1);
	op = opcode(line);
	k = num(line, ' ', "mm", 0);
	memset(&r, 0, sizeof(r));
	if (k < 0 || k >= NW || wpid[k] <= 0) {
		r.ret = -1000;
		strcpy(r.would, "no-such-mm");
	} else if (op == OP_FORK && (num(line, ' ', "child", 1) <= 0 ||
				     num(line, ' ', "child", 1) >= NW ||
				     wpid[num(line, ' ', "child", 1)] > 0)) {
		r.ret = -1000;
		strcpy(r.would, "child-exists");
	} else {
		ioctl(devfd, LABIO_OPSTART, 0);
		if (write(cmdp[k][1], line, LINE) != LINE)
			say("pipe\n");
		if (op == OP_EXIT) {
			waitpid(wpid[k], &st, 0);
			wpid[k] = 0;
		} else if (!wait_res(k, &r) && op == OP_FORK && r.pid > 0) {
			wpid[num(line, ' ', "child", 1)] = r.pid;
		}
	}
	record(scn, seq, k, line, &r);
}

static void drain(int fd)
{
	struct pollfd pf = { .fd = fd, .events = POLLIN };
	char b[1024];

	while (poll(&pf, 1, 0) == 1 && read(fd, b, sizeof(b)) > 0)
		;
}

static void files_fresh(void)
{
	char b[64];
	int i;

	for (i = 0; i < 2; i++) {
		if (tfd[i] >= 0)
			close(tfd[i]);
		tfd[i] = open(i ? "/tmp/f1" : "/tmp/f0", O_RDWR | O_CREAT | O_TRUNC, 0600);
		unlink(i ? "/tmp/f1" : "/tmp/f0");
		if (ftruncate(tfd[i], 8 * page))
			say("ftruncate\n");
	}
	for (i = 0; i < NBIG && thp; i++) {	/* sparse, three PMD ranges */
		snprintf(b, sizeof(b), "/big%d/f", i);
		if (bfd[i] >= 0)
			close(bfd[i]);
		bfd[i] = open(b, O_RDWR | O_CREAT | O_TRUNC, 0600);
		unlink(b);
		if (ftruncate(bfd[i], 3 * pmdsize))
			say("ftruncate big%d\n", i);
	}
	for (i = 0; i < NHUGE && hugetlb; i++) {
		if (hfd[i] >= 0)
			close(hfd[i]);
		hfd[i] = syscall(SYS_memfd_create, i ? "huge1" : "huge0", MFD_HUGETLB);
		if (hfd[i] < 0 || ftruncate(hfd[i], HUGE_PAGES * pmdsize))
			say("huge%d: %d\n", i, errno);
	}
	for (i = 0; i < 8; i++) {	/* tmp0 is filled, tmp1 stays sparse */
		memset(b, 0xf0 + i, sizeof(b));
		if (pwrite(tfd[0], b, sizeof(b), (off_t)i * page) < 0)
			say("pwrite\n");
	}
}

/*
 * With labswap=1: a RAM disk as swap space, made anew for every scenario so
 * that swap offsets do not depend on what ran before.
 */
static void swap_fresh(void)
{
	static int active;
	uint32_t h[3];
	int fd;

	if (active && swapoff("/dev/ram0"))
		say("swapoff %d\n", errno);
	active = 0;
	fd = open("/dev/ram0", O_RDWR);
	if (fd < 0) {
		say("no ram0 %d\n", errno);
		return;
	}
	h[0] = 1;
	h[1] = 4 * 1024 * 1024 / page - 1;
	h[2] = 0;
	if (pwrite(fd, h, sizeof(h), 1024) != sizeof(h) ||
	    pwrite(fd, "SWAPSPACE2", 10, page - 10) != 10)
		say("mkswap %d\n", errno);
	fsync(fd);
	close(fd);
	if (swapon("/dev/ram0", 0))
		say("swapon %d\n", errno);
	else
		active = 1;
}

/* the whole script, NULL if there is none */
static char *script(unsigned long *len)
{
	static char piece[LAB_PIECE];
	struct lab_script s = { .pos = 0, .buf = piece };
	char *all = NULL;

	do {
		if (ioctl(devfd, LABIO_SCRIPT, &s) < 0) {
			say("script: %d\n", errno);
			return NULL;
		}
		if (!all)
			all = malloc(s.total + LAB_PIECE);
		if (!all)
			return NULL;
		memcpy(all + s.pos, piece, LAB_PIECE);
		s.pos += LAB_PIECE;
	} while (s.pos < s.total);
	*len = s.total;
	return all;
}

static void text(const char *s)
{
	struct lab_begin b = { .name = s, .len = strlen(s) };

	ioctl(devfd, LABIO_TEXT, &b);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

int main(void)
{
	const char *s0 = getenv("labstart"), *s1 = getenv("labend");
	long start = s0 ? atol(s0) : 0, end = s1 ? atol(s1) : 1000000000L;
	long index = -1, ran = 0, ops = 0;
	char line[LINE], name[128] = "", b[256], *all;
	unsigned long len = 0;
	int i, seq = 0, active = 0;
	double t0;
	FILE *f;

	mkdir("/proc", 0755);
	mkdir("/tmp", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/ram0", S_IFBLK | 0600, makedev(1, 0));
	mknod("/dev/pfnlab", S_IFCHR | 0600, makedev(10, LAB_MINOR));
	con = open("/dev/console", O_RDWR);
	page = sysconf(_SC_PAGESIZE);
	mkdir("/sys", 0755);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	{
		int fd = open(THPDIR "hpage_pmd_size", O_RDONLY);

		if (fd >= 0 && read(fd, b, 30) > 0) {
			pmdsize = strtoul(b, NULL, 10);
			thp = 1;
		}
		for (i = 0; i < NBIG && thp; i++) {
			static const char *const opt[NBIG] = {
				"huge=always,size=64m", "huge=never,size=64m", "huge=advise,size=64m" };

			char path[16];

			snprintf(path, sizeof(path), "/big%d", i);
			mkdir(path, 0755);
			if (mount("tmpfs", path, "tmpfs", 0, opt[i]))
				say("mount %s %d\n", path, errno);
		}
	}
	hugetlb = thp && !access(POOLDIR, F_OK);
	devfd = open("/dev/pfnlab", O_RDWR);
	mknod("/dev/pfnlab2", S_IFCHR | 0600, makedev(10, LAB_MINOR + 1));
	prepfd = open("/dev/pfnlab2", O_RDWR);	/* only kernels with ->mmap_prepare and actions have it */
	say("\npfnlab init: page %lu dev %d start %ld end %ld\n", page, devfd, start, end);
	if (devfd < 0)
		goto out;
	for (i = 0; i < NW; i++)
		if (pipe(cmdp[i]) || pipe(rspp[i]))
			say("pipe failed\n");
	all = script(&len);
	f = all && len ? fmemopen(all, len, "r") : NULL;
	if (!f) {
		say("no script\n");
		goto out;
	}
	if (thp)
		no_huge_self();
	ioctl(devfd, LABIO_QUIET, 0);
	ioctl(devfd, LABIO_HEADER, 0);
	t0 = now();
	for (;;) {
		char *got = fgets(line, sizeof(line), f);

		if (got)
			line[strcspn(line, "\r\n")] = 0;
		if (!got || line[0] == 'S') {
			if (active) {
				for (i = NW - 1; i >= 0; i--)
					if (wpid[i] > 0) {
						snprintf(b, sizeof(b), "exit mm=%d", i);
						step(name, seq++, b);
						ops++;
					}
				ran++;
			}
			active = 0;
			if (!got)
				break;
			index++;
			if (index < start || index >= end)
				continue;
			snprintf(name, sizeof(name), "%s", line + 2);
			files_fresh();
			tune_defaults();
			if (getenv("labswap"))
				swap_fresh();
			for (i = 0; i < NW; i++) {
				drain(cmdp[i][0]);
				drain(rspp[i][0]);
			}
			struct lab_begin bg = { .name = name, .index = (int)index };

			ioctl(devfd, LABIO_BEGIN, &bg);
			if (hugetlb)	/* what was kept for lost reservations */
				tune("nr_hugepages", "0");
			wpid[0] = spawn(0, 0);
			seq = 0;
			active = 1;
			continue;
		}
		if (!active || !line[0] || line[0] == '#')
			continue;
		step(name, seq++, line);
		ops++;
	}
	snprintf(b, sizeof(b), "{\"end\":1,\"scenarios\":%ld,\"ops\":%ld,\"guest_seconds\":%.3f}\n",
		 ran, ops, now() - t0);
	text(b);
out:
	sync();
	reboot(RB_AUTOBOOT);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
