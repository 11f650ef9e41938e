/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pfnlab: interface between the in-kernel laboratory driver (pfnlab.c) and
 * the PID 1 scenario runner (init.c). Both are always built by the same
 * compiler for the same ABI, so plain structures are fine.
 */
#ifndef PFNLAB_H
#define PFNLAB_H

#define LAB_MINOR	222
#define LAB_BASE	0x20000000UL	/* user window: slot s at LAB_BASE + s*LAB_STRIDE */
#define LAB_STRIDE	0x01000000UL
#define LAB_SLOTS	8

enum {
	/* frame kinds */
	LAB_FP = 'P', LAB_FR = 'R', LAB_FD = 'D', LAB_FH = 'H', LAB_FZ = 'Z',
	/* of kernels with huge pages: compound pages, high-order pages that are not, blocks without struct page */
	LAB_FC = 'C', LAB_FN = 'N', LAB_FG = 'G',
};

enum lab_opcode {
	OP_NONE = 0,
	/* driver side operations, performed on the VMA at 'addr' */
	OP_FLAGS, OP_SETPGOFF,
	OP_REMAP, OP_IOREMAP, OP_IOMAP,
	OP_INSERT_PAGE, OP_INSERT_PAGES, OP_MAP_PAGES, OP_MAP_PAGES_ZERO,
	OP_INSERT_PFN, OP_INSERT_PFN_PROT, OP_INSERT_MIXED, OP_INSERT_MIXED_MKW,
	OP_ZAP, OP_SETPTE, OP_CLRPTE, OP_INSERT_PFN_PMD,
	/* driver side operations without a VMA */
	OP_UNMAP_RANGE, OP_GET, OP_PUT,
	/* GUP and lookups, on current->mm */
	OP_PIN, OP_PIN_FAST, OP_GUP_FAST_ONLY, OP_UNPIN, OP_FOLLOW, OP_PEEK, OP_POKE,
	OP_SPLIT, OP_SHRINK,
	OP_LAST_KERNEL = OP_SHRINK,
	/* user side operations (done by the worker, listed here for one table) */
	OP_MMAP = 64, OP_MUNMAP, OP_MPROTECT, OP_MREMAP, OP_MADVISE,
	OP_MLOCK, OP_MUNLOCK, OP_READ, OP_WRITE, OP_FORK, OP_EXIT, OP_MSEAL,
	OP_TUNE, OP_FWRITE, OP_FTRUNC, OP_FPUNCH, OP_SMAPS, OP_PAGEMAP,
};

enum { FAULT_NONE = 0, FAULT_PAGE, FAULT_PFN, FAULT_MIXED, FAULT_MIXEDW, FAULT_SIGBUS, FAULT_PFNPMD };
enum { MKW_NONE = 0, MKW_PFN = 1, MKW_PAGE = 2, MKW_BOTH = 3 };

#define LAB_BLK	1024

struct lab_cmd {
	int op;
	int frame_kind, frame_idx;	/* 'P',3; of C, N and G: block * LAB_BLK + page */
	int special, wr;		/* SETPTE; PIN: wr = FOLL_WRITE */
	int longterm, hold;
	int even;
	int force;			/* CLRPTE: of whatever page */
	int self;			/* SETPGOFF: make the page at 'addr' fit the linear rule */
	int val;			/* POKE */
	int pfnt;			/* INSERT_MIXED: 0 PFN_DEV, 1 PFN_SPECIAL, 2 none */
	int prot;			/* INSERT_PFN_PROT: bit0 r, bit1 w, bit2 x, bit3 shared */
	unsigned long set, clear;	/* FLAGS: lab flag bits, see lab_flag_names */
	unsigned long addr;		/* user address */
	unsigned long npages;
	unsigned long pgoff;		/* SPLIT: the order */
	/* results */
	long long ret;
	char would[48];			/* "" or the precondition that was not met */
	char text[256];			/* JSON members to append, e.g. "pages":["P0"] */
};

#define LAB_NPRE	8

struct lab_next_mmap {
	int fault, frame_kind, frame_idx, mkw;
	int limit;			/* frames that .fault serves; 0: all of its kind */
	int fsp_kind, fsp_idx;		/* find_special_page's answer for the first page */
	struct lab_cmd pre[LAB_NPRE];	/* op == OP_NONE: nothing more */
};

struct lab_dump {
	int npids;
	int pids[8];
	int mmidx[8];
	const char *prefix;		/* JSON text to put first */
	unsigned long prefix_len;
};

struct lab_begin {
	const char *name;
	unsigned long len;
	int index;
};

struct lab_script {
	unsigned long long pos;		/* offset into the script, a multiple of LAB_PIECE */
	unsigned long long total;	/* result: its length */
	char *buf;			/* LAB_PIECE bytes */
};
#define LAB_PIECE	4096

#define LABIO_BEGIN	0x7001	/* struct lab_begin: reset frames, write machine record */
#define LABIO_OPSTART	0x7002	/* start of one step: clear counters and captured messages */
#define LABIO_CMD	0x7003	/* struct lab_cmd */
#define LABIO_NEXT	0x7004	/* struct lab_next_mmap: parameters of the next mmap */
#define LABIO_DUMP	0x7005	/* struct lab_dump: append one record to the log */
#define LABIO_HEADER	0x7006	/* write the file header record */
#define LABIO_QUIET	0x7007	/* unregister every other console */
#define LABIO_TEXT	0x7008	/* struct lab_begin: append raw text to the log */
#define LABIO_SCRIPT	0x700a	/* struct lab_script: read a piece of the script that the host has put into hidden RAM */
#define LABIO_MMAPRES	0x7009	/* struct lab_cmd: fetch would/text of the last mmap's pre op */

/* lab flag bits for OP_FLAGS */
#define LF_PFNMAP	1
#define LF_MIXEDMAP	2
#define LF_IO		4
#define LF_DONTEXPAND	8
#define LF_DONTCOPY	16
#define LF_DONTDUMP	32
#define LF_MAYWRITE	64

#endif
