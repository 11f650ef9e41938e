// SPDX-License-Identifier: GPL-2.0
/*
 * A huge page of anonymous memory in a PROT_NONE mapping. On arm with LPAE the kernel warns and
 * dies of the munmap, or leaks the page; elsewhere the free huge pages come back.
 *
 *   arm-linux-gnueabihf-gcc -O2 -static -o prot-none arm-lpae-prot-none-pmd.c
 *
 * It runs as any user where THP is not "never", and as the first process of a machine.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#define HUGE (2UL << 20)

static void tell(const char *file, const char *key)
{
	char line[256];
	FILE *f = fopen(file, "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			fputs(line, stdout);
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	int first = getpid() == 1, i, fd, times = argc > 1 ? atoi(argv[1]) : 8;

	if (first) {
		mount("proc", "/proc", "proc", 0, NULL);
		mount("sys", "/sys", "sysfs", 0, NULL);
		fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);
		if (fd < 0 || write(fd, "madvise", 7) != 7)
			printf("no transparent huge pages\n");
		setvbuf(stdout, NULL, _IONBF, 0);
	}
	tell("/proc/meminfo", "MemFree");
	for (i = 0; i < times; i++) {
		char *all = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		char *p = (char *)(((unsigned long)all + HUGE - 1) & ~(HUGE - 1));

		madvise(p, HUGE, MADV_HUGEPAGE);
		p[5] = 3;
		tell("/proc/self/smaps_rollup", "AnonHugePages");
		if (mprotect(p, HUGE, PROT_NONE))
			perror("mprotect");
		printf("%d: munmap of a huge page that is PROT_NONE\n", i);
		if (munmap(all, 2 * HUGE))
			perror("munmap");
	}
	tell("/proc/meminfo", "MemFree");
	tell("/proc/self/status", "RssAnon");
	if (first) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return 0;
}
