/* SPDX-License-Identifier: GPL-2.0 */
/* What the driver trial.c and the program calls.c have in common. */
#ifndef TRIAL_H
#define TRIAL_H

enum {
	T_NONE = 0, T_FLAGS, T_REMAP, T_INSERT_PAGE, T_INSERT_PAGES, T_MAP_PAGES, T_MAP_PAGES_ZERO, T_INSERT_PFN,
	T_INSERT_PFN_PROT, T_MIXED, T_MIXED_MKWRITE, T_IOMAP, T_VMALLOC, T_DMA, T_ZAP, T_UNMAP,
};
#define T_PFNMAP	1
#define T_MIXEDMAP	2

/* frame: 0 to 7 are pages of the driver, from 100 on memory without struct page */
struct trial_op {
	int op, frame, n;
	int flags;		/* T_FLAGS */
	int odd;		/* T_INSERT_PAGES: every second page */
	unsigned long addr;	/* in ->mmap counted from the VMA's start; T_UNMAP: pgoff */
	long ret;
};

struct trial_mmap {
	int fault, frame;	/* what .fault calls: T_INSERT_PFN, T_MIXED, T_MIXED_MKWRITE */
	struct trial_op pre[3];
};

#define TRIAL_NEXT	0x7101	/* struct trial_mmap: of the next mmap */
#define TRIAL_OP	0x7102	/* struct trial_op */
#define TRIAL_DUMP	0x7103	/* VMAs of the driver and their entries, into what read() gives */
#endif
