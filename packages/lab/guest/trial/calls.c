/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has the driver trial.c make every call that there is, in ->mmap, in a fault handler and later, and touches what came of
 * it. With an argument it stays when it is done, so that its page tables can be read.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "trial.h"

#define PAGE	4096UL
#define DEV	100

static int fd;

static volatile char *map(int slot, int n, int prot, int share, int pgoff, int fault, int frame,
			  struct trial_op a, struct trial_op b)
{
	struct trial_mmap m = { .fault = fault, .frame = frame, .pre = { a, b } };
	void *at = (void *)(0x10000000UL + slot * 0x100000UL);

	ioctl(fd, TRIAL_NEXT, &m);
	at = mmap(at, n * PAGE, prot, share | MAP_FIXED, fd, pgoff * PAGE);
	return at == MAP_FAILED ? NULL : at;
}

static void op(int what, volatile char *at, int frame, int n)
{
	struct trial_op c = { .op = what, .addr = (unsigned long)at, .frame = frame, .n = n };

	ioctl(fd, TRIAL_OP, &c);
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	const struct trial_op none = { 0 };
	volatile char *v[20];
	char buf[4096];
	int truth, n;

	fd = open("/dev/trial", O_RDWR);
	if (fd < 0)
		return 1;
#define O(what, f, count)	((struct trial_op){ .op = what, .frame = f, .n = count })
#define FLAGS(f)		((struct trial_op){ .op = T_FLAGS, .flags = f })
	v[1] = map(1, 6, rw, MAP_SHARED, 0, 0, 0, O(T_REMAP, 0, 4), none);
	v[2] = map(2, 4, rw, MAP_PRIVATE, 0, 0, 0, O(T_REMAP, 4, 4), none);
	v[3] = map(3, 4, rw, MAP_SHARED, 0, 0, 0, O(T_INSERT_PAGE, 4, 1), none);
	op(T_INSERT_PAGE, v[3] + PAGE, 5, 1);
	op(T_INSERT_PAGE, v[3] + PAGE, 5, 1);		/* -EBUSY */
	op(T_INSERT_PAGE, v[3] + 2 * PAGE, 7, 1);
	v[4] = map(4, 4, rw, MAP_SHARED, 0, 0, 0, FLAGS(T_MIXEDMAP), O(T_MIXED, DEV, 1));
	op(T_MIXED, v[4] + PAGE, 6, 1);
	op(T_MIXED_MKWRITE, v[4] + 2 * PAGE, 7, 1);
	v[5] = map(5, 4, rw, MAP_SHARED, 0, 0, 0,
		   (struct trial_op){ .op = T_INSERT_PAGES, .frame = 0, .n = 3, .odd = 1 }, none);
	v[6] = map(6, 3, rw, MAP_SHARED, 1, 0, 0, O(T_MAP_PAGES, 2, 4), none);
	v[7] = map(7, 3, rw, MAP_SHARED, 1, 0, 0, O(T_MAP_PAGES_ZERO, 2, 4), none);
	v[8] = map(8, 4, rw, MAP_SHARED, 0, 0, 0, FLAGS(T_PFNMAP), O(T_INSERT_PFN, DEV + 1, 1));
	op(T_INSERT_PFN_PROT, v[8] + PAGE, DEV + 2, 1);
	op(T_INSERT_PFN, v[8], DEV + 1, 1);		/* there already */
	op(T_INSERT_PFN, v[8] + 2 * PAGE, 3, 1);	/* a page that is not counted */
	v[9] = map(9, 4, rw, MAP_SHARED, 64, T_INSERT_PFN, DEV + 4, FLAGS(T_PFNMAP), none);
	(void)v[9][0];
	v[9][PAGE] = 1;
	v[10] = map(10, 4, rw, MAP_SHARED, 128, T_MIXED, 0, FLAGS(T_MIXEDMAP), none);
	(void)v[10][0];
	v[10][PAGE] = 1;
	v[11] = map(11, 3, rw, MAP_SHARED, 1, 0, 0, O(T_IOMAP, DEV + 8, 4), none);
	v[12] = map(12, 3, rw, MAP_SHARED, 1, 0, 0, O(T_VMALLOC, 0, 3), none);
	v[13] = map(13, 4, rw, MAP_SHARED, 0, 0, 0, O(T_DMA, 0, 4), none);
	v[14] = map(14, 4, rw, MAP_PRIVATE, 0, 0, 0, O(T_REMAP, 0, 2), none);	/* -EINVAL: a part, and private */
	op(T_ZAP, v[1] + PAGE, 0, 2);
	op(T_UNMAP, (void *)64UL, 0, 1);
	(void)v[9][0];
	v[15] = map(15, 2, PROT_READ, MAP_SHARED, 0, 0, 0, O(T_INSERT_PAGE, 1, 1), none);
	if (fork() == 0) {
		v[9][2 * PAGE] = 1;
		ioctl(fd, TRIAL_DUMP, 0);
		_exit(0);
	}
	wait(NULL);
	v[2][0] = 1;					/* copies a frame; x86 does not fork after that (get_pat_info) */
	munmap((void *)v[7], 3 * PAGE);
	mprotect((void *)v[4], 2 * PAGE, PROT_READ);
	ioctl(fd, TRIAL_DUMP, 0);
	truth = open("/out/truth.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(truth, buf, n) != n)
			return 1;
	close(truth);
	if (argc > 1)
		for (;;)
			pause();
	return 0;
}
