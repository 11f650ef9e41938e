// SPDX-License-Identifier: GPL-2.0-or-later
/** What every program of a reproducer begins with: TAP, processes, accesses that may fail, what /proc says. */

/** `@LANES@`, `@GROUPS@`, `@CLUSTER@`, `@BEGINS@` are filled in. */
export const RUNTIME = String.raw`#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "repro.h"

/* a kernel for which it is known what is to be seen; those of a group show the same */
#define VERSION(major, minor) ((major) << 16 | (minor) << 8)
static const struct { const char *arch; unsigned int version; int group; } lanes[] = {
@LANES@
};

#define UNSAID LONG_MIN
#define PICK(...) (((long[]){ __VA_ARGS__ })[group])
#define PICK_TEXT(...) (((const char *[]){ __VA_ARGS__ })[group])
static int group;

struct step {
	int number, mm;
	void (*play)(void);
	const char *text;
	char skipped[@GROUPS@];
};

/* what the processes share */
static struct {
	volatile int turn, tests, failed, stopped, leaving, fatal, pagemap, hanging;
	volatile unsigned int words;
} *shared;

static const struct step *now, *all;
static int me, nsteps, kmsg = -1;
static long page;

static int control(void);

/* where mappings lie: places far from each other, and from the program */
static const int begins[] = { @BEGINS@ };

static void __attribute__((unused)) *at(int cluster, long n)
{
	return (void *)(0x10000000UL + cluster * @CLUSTER@UL + (begins[cluster] + n) * page);
}

/* ------------------------------------------------------------------ TAP */

static void check(int good, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!good)
		shared->failed++;
	printf("%sok %d - event %d, %s: %s\n", good ? "" : "not ", ++shared->tests,
	       now ? now->number : 0, now ? now->text : "start", text);
	fflush(stdout);
}

static void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	exit(2);
}

static void __attribute__((unused)) returned(long ret, long want)
{
	if (want == UNSAID)
		return;
	if (ret == want)
		check(1, "returned %ld", ret);
	else
		check(0, "returned %ld, expected %ld", ret, want);
}

/* ------------------------------------------------------------- accesses */

static sigjmp_buf jump;
static volatile int caught;
static long value, signalled;

static void on_signal(int sig)
{
	caught = sig;
	siglongjmp(jump, 1);
}

static void __attribute__((unused)) forget(void)
{
	struct repro_state s;

	value = signalled = 0;
	ioctl(control(), REPRO_STATE, &s);
}

/* store < 0: a read */
static void __attribute__((unused)) touch(void *addr, int store)
{
	volatile unsigned char *p = addr;

	forget();
	caught = 0;
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	if (!sigsetjmp(jump, 1)) {
		if (store < 0)
			value = *p;
		else
			*p = store;
	}
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	signalled = caught;
}

/* what a debugger does: one byte, by /proc/self/mem */
static long __attribute__((unused)) self_mem(void *addr, int store)
{
	int fd = open("/proc/self/mem", O_RDWR);
	unsigned char byte = store;
	long ret;

	if (fd < 0)
		bail("/proc/self/mem");
	ret = store < 0 ? pread(fd, &byte, 1, (unsigned long)addr) : pwrite(fd, &byte, 1, (unsigned long)addr);
	close(fd);
	value = byte;
	/* access_process_vm() says 0 */
	return ret < 0 ? 0 : ret;
}

static void __attribute__((unused)) signal_is(long want)
{
	if (want != UNSAID)
		check(signalled == want, want ? "signal %ld, expected %ld" : "signal %ld", signalled, want);
}

static void __attribute__((unused)) value_is(long want)
{
	if (want == UNSAID)
		return;
	if (value == want)
		check(1, "sees 0x%lx", value);
	else
		check(0, "sees 0x%lx, expected 0x%lx", value, want);
}

/* ---------------------------------------------------------------- /proc */

/*
 * "2 pages, rd wr sh pf Rss 4 kB, P.": the VMA that begins there; "none". Not read: pagemap is
 * left alone, as some kernels die of it.
 */
static void vma_text(void *addr, char *text, size_t size, int read)
{
	static const char *const shown[] = {
		"rd", "wr", "ex", "sh", "mw", "pf", "lo", "io", "dc", "de", "wf", "dd", "mm",
	};
	unsigned long start = 0, end = 0, vpn;
	char line[512], last = 0;
	FILE *f = fopen("/proc/self/smaps", "r");
	int maps = open("/proc/self/pagemap", O_RDONLY), here = 0, run = 0, i;
	long rss = -1;
	size_t n = 0;

	snprintf(text, size, "none");
	if (!f || maps < 0)
		bail("/proc/self/smaps, /proc/self/pagemap");
	while (fgets(line, sizeof(line), f)) {
		unsigned long a, b;

		if (sscanf(line, "%lx-%lx ", &a, &b) == 2 && strchr(line, '-') < strchr(line, ' ')) {
			here = a == (unsigned long)addr;
			if (here) {
				start = a;
				end = b;
				n = snprintf(text, size, "%lu pages, ", (b - a) / page);
			}
		}
		if (!here)
			continue;
		sscanf(line, "Rss: %ld", &rss);
		if (strncmp(line, "VmFlags:", 8))
			continue;
		for (i = 0; i < (int)(sizeof(shown) / sizeof(shown[0])); i++) {
			char word[8];

			snprintf(word, sizeof(word), " %s ", shown[i]);
			line[strcspn(line, "\n")] = ' ';
			if (strstr(line, word))
				n += snprintf(text + n, size - n, "%s ", shown[i]);
		}
	}
	fclose(f);
	if (!start)
		goto out;
	n += snprintf(text + n, size - n, "Rss %ld kB, %s", rss, read ? "" : "-");
	if (!read)
		goto out;
	for (vpn = start / page; vpn <= end / page; vpn++) {
		unsigned long long e = 0;
		char c = 0;

		if (vpn < end / page && pread(maps, &e, sizeof(e), vpn * sizeof(e)) == sizeof(e))
			c = e >> 63 ? 'P' : e >> 62 & 1 ? 'S' : '.';
		if (run && c != last) {
			if (run > 4)
				n += snprintf(text + n, size - n, "%c*%d", last, run);
			else
				while (run-- && n + 1 < size)
					text[n++] = last, text[n] = 0;
			run = 0;
		}
		last = c;
		run++;
	}
out:
	close(maps);
}

static void __attribute__((unused)) vma_is(void *addr, const char *want)
{
	char text[512];

	int read;

	if (!want)
		return;
	read = want[strlen(want) - 1] != '-';
	if (!read && shared->pagemap) {
		printf("# event %d, %s: reading pagemap of it is to kill kernels before 7.3\n", now->number, now->text);
		fflush(stdout);
		vma_text(addr, text, sizeof(text), 1);
		printf("# it did not, and is: %s\n", text);
	}
	vma_text(addr, text, sizeof(text), read);
	if (!strcmp(text, want))
		check(1, "at %p: %s", addr, text);
	else
		check(0, "at %p: %s; expected: %s", addr, text, want);
}

/* ----------------------------------------------------------- the kernel */

/* reads what the kernel has said since; how many reports of bad pages and counters it was */
static int listen_to_kernel(void)
{
	char line[1024];
	int bad = 0;

	while (kmsg >= 0) {
		ssize_t n = read(kmsg, line, sizeof(line) - 1);

		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		line[n] = 0;
		if (strstr(line, "BUG: Bad "))
			bad++;
		if (strstr(line, "BUG:") || strstr(line, "WARNING:") || strstr(line, "kernel BUG")) {
			char *text = strchr(line, ';');

			printf("# the kernel: %.*s\n", (int)strcspn(text ? text + 1 : line, "\n"), text ? text + 1 : line);
			shared->words++;
		}
	}
	return bad;
}

/* reports of bad pages and counters during the event */
static void __attribute__((unused)) kernel_says(long want)
{
	int bad = listen_to_kernel();

	if (want == UNSAID || kmsg < 0)
		return;
	if (!!bad == !!want)
		check(1, "%d reports of bad pages or counters", bad);
	else
		check(0, "%d reports of bad pages or counters, expected %ld", bad, want);
}

/* what kills the kernel, or never returns: not made without --fatal */
static int __attribute__((unused)) deadly(const char *what)
{
	if (!what || !*what)
		return 0;
	if (!shared->fatal) {
		printf("# event %d, %s, is not made without --fatal: %s\n", now->number, now->text,
		       strcmp(what, "hang") ? what : "it never returns");
		return 1;
	}
	if (strcmp(what, "hang")) {
		printf("# event %d, %s, is to kill the kernel: %s\n", now->number, now->text, what);
	} else {
		printf("# event %d, %s, is never to return: it is killed after 5 s\n", now->number, now->text);
		shared->hanging = 1;
		alarm(5);
	}
	fflush(stdout);
	sync();
	return 0;
}

static void __attribute__((unused)) survived(long dead)
{
	alarm(0);
	shared->hanging = 0;
	if (dead == 1)
		check(0, "it went on");
}

/* -------------------------------------------------------------- helpers */

static long __attribute__((unused)) map(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *p = mmap(addr, size, prot, flags, fd, offset);

	return p == MAP_FAILED ? -errno : p == addr ? 0 : 1;
}

static long __attribute__((unused)) remap(void *addr, size_t size, size_t to_size, int flags, void *to)
{
	void *p = (void *)syscall(SYS_mremap, addr, size, to_size, flags, to);

	return p == MAP_FAILED ? -errno : p == to ? 0 : 1;
}

static long __attribute__((unused)) write_pages(int fd, long first, long pages, int with)
{
	unsigned char *buffer = calloc(pages, page);
	long i, ret;

	for (i = 0; i < pages; i++)
		buffer[i * page] = with + i;
	ret = pwrite(fd, buffer, pages * page, first * page);
	free(buffer);
	return ret < 0 ? -errno : ret;
}

/* a file below /sys/kernel/mm/transparent_hugepage; hugepages-orderN and -pmd are sizes */
static long tune(const char *key, const char *with)
{
	char file[256], size[24];
	const char *rest = strchr(key, '/');
	int order = -1, fd;
	long ret;

	if (!strncmp(key, "hugepages-order", 15))
		order = atoi(key + 15);
	else if (!strncmp(key, "hugepages-pmd/", 14))
		for (order = 0; 8L << order < page; order++)
			;
	snprintf(size, sizeof(size), "%ld", order < 0 ? 0 : (page << order) / 1024);
	if (order >= 0)
		snprintf(file, sizeof(file), "/sys/kernel/mm/transparent_hugepage/hugepages-%skB%s", size, rest);
	else
		snprintf(file, sizeof(file), "/sys/kernel/mm/transparent_hugepage/%s", key);
	fd = open(file, O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = write(fd, with, strlen(with)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int open_device(const char *name, int how)
{
	int fd = open(name, how);

	if (fd < 0)
		bail(name);
	return fd;
}

static int __attribute__((unused)) reopen(int fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY);
}

static int __attribute__((unused)) tmpfs_file(const char *name, long pages, const char *huge,
					      const unsigned char *content, int known, int unlinked)
{
	char folder[] = "/tmp/repro.XXXXXX", path[256], options[64];
	int fd, i;

	if (*huge) {
		mkdir("/tmp", 0777);
		if (!mkdtemp(folder))
			bail(folder);
		snprintf(options, sizeof(options), "huge=%s", huge);
		if (mount("tmpfs", folder, "tmpfs", 0, options))
			bail("a tmpfs");
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		fd = open(path, O_RDWR | O_CREAT, 0600);
		if (fd >= 0 && unlinked)
			unlink(path);
	} else {
		fd = syscall(SYS_memfd_create, name, 0);
	}
	if (fd < 0 || ftruncate(fd, pages * page))
		bail(name);
	if (*huge)
		umount2(folder, MNT_DETACH);
	for (i = 0; i < known; i++)
		if (content[i])
			write_pages(fd, i, 1, content[i]);
	return fd;
}

/* ------------------------------------------------------------ processes */

static void run(int from);

/* the next event that this kernel has */
static void next_turn(void)
{
	int turn = shared->turn;

	do
		turn++;
	while (turn < nsteps && all[turn].skipped[group]);
	shared->turn = turn;
}

/* of one parent, so that it hears of every end */
static long __attribute__((unused)) fork_process(int child)
{
	int from = now - all + 1;
	long pid;

	fflush(stdout);
	pid = syscall(SYS_clone, CLONE_PARENT_AND_CHLD, 0, 0, 0, 0);
	if (pid == 0) {
		me = child;
		run(from);
		_exit(0);
	}
	return pid < 0 ? -errno : 0;
}

static void __attribute__((unused)) exit_process(void)
{
	shared->leaving = 1;
	fflush(stdout);
	_exit(0);
}

static void run(int from)
{
	int i;

	for (i = from; i < nsteps; i++) {
		if (all[i].mm != me || all[i].skipped[group])
			continue;
		while (shared->turn < i && !shared->stopped)
			usleep(500);
		if (shared->stopped)
			return;
		if (shared->turn > i)
			continue;
		now = &all[i];
		listen_to_kernel();
		now->play();
		next_turn();
	}
}
`.replace('CLONE_PARENT_AND_CHLD', '0x00008000 /* CLONE_PARENT */ | SIGCHLD');

/** Behind the tables: counts of pages, and the driver. */
export const RUNTIME_DRIVER = `/* "count 2, mapcount 1", of a page of the module */
static void __attribute__((unused)) page_is(const char *label, const char *want)
{
	size_t letters = strcspn(label, "0123456789+"), i;
	int index = label[letters] == '+' ? atoi(label + letters + 1) : atoi(label + letters);
	struct repro_state s;
	char text[64];

	if (!want || ioctl(control(), REPRO_STATE, &s))
		return;
	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		int block = !strcmp(frames[i].name, label);

		if (!block && (strlen(frames[i].name) != letters || strncmp(frames[i].name, label, letters)))
			continue;
		if (block)
			index = 0;
		if (index >= frames[i].count)
			return;
		if (strchr(want, ','))
			snprintf(text, sizeof(text), "count %d, mapcount %d", s.count[frames[i].first + index],
				 s.mapcount[frames[i].first + index]);
		else
			snprintf(text, sizeof(text), "count %d", s.count[frames[i].first + index]);
		if (!strcmp(text, want))
			check(1, "%s: %s", label, text);
		else
			check(0, "%s: %s; expected: %s", label, text, want);
		return;
	}
}

static void __attribute__((unused)) calls_are(long fault, long pfn_mkwrite, long page_mkwrite)
{
	const long want[] = { fault, pfn_mkwrite, page_mkwrite };
	static const char *const names[] = { "fault", "pfn_mkwrite", "page_mkwrite" };
	struct repro_state s;
	int i;

	if (ioctl(control(), REPRO_STATE, &s))
		return;
	for (i = 0; i < 3; i++)
		if (want[i] != UNSAID && (want[i] || s.calls[i]))
			check(s.calls[i] == want[i], "->%s was called %u times of %ld", names[i], s.calls[i], want[i]);
}

static void __attribute__((unused)) next_mmap(int fd, unsigned int event)
{
	if (ioctl(fd, REPRO_NEXT, &event))
		bail("the module");
}

/* the module's part of an event */
static long __attribute__((unused)) driver(int fd, unsigned int event, void *addr)
{
	struct repro_call c = { .addr = (unsigned long)addr, .event = event };

	if (ioctl(fd, REPRO_CALL, &c))
		return -errno;
	return c.ret;
}`;

/** Behind the events. */
export const RUNTIME_PLAY = String.raw`static int play(int argc, char **argv, int count)
{
	struct repro_state s;
	int i, status, lane = -1, running = 0;
	pid_t pid;

	page = sysconf(_SC_PAGESIZE);
	all = steps;
	nsteps = steps[0].play ? count : 0;
	shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail("memory");
	shared->fatal = argc > 1 && !strcmp(argv[1], "--fatal");
	shared->pagemap = argc > 1 && !strcmp(argv[1], "--pagemap");
	setvbuf(stdout, NULL, _IOLBF, 0);
	settings();
	open_files();
	if (ioctl(control(), REPRO_STATE, &s))
		bail("the module");
	for (i = 0; i < (int)(sizeof(lanes) / sizeof(lanes[0])); i++)
		if (!strcmp(lanes[i].arch, s.arch) && lanes[i].version <= s.version &&
		    (lane < 0 || lanes[i].version > lanes[lane].version))
			lane = i;
	if (lane < 0) {
		printf("1..0 # SKIP what Linux %u.%u on %s shows is not known here\n", s.version >> 16,
		       s.version >> 8 & 255, s.arch);
		return 0;
	}
	group = lanes[lane].group;
	printf("TAP version 13\n# Linux %u.%u.%u on %s, held against %s of Linux %u.%u\n", s.version >> 16,
	       s.version >> 8 & 255, s.version & 255, s.arch, lanes[lane].arch, lanes[lane].version >> 16,
	       lanes[lane].version >> 8 & 255);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	shared->turn = -1;
	next_turn();
	fflush(stdout);
	/* one process for each address space that no fork makes */
	for (me = 0; me < 64; me++) {
		for (i = 0; i < nsteps && steps[i].mm != me; i++)
			;
		if (i == nsteps || !(first_processes >> me & 1))
			continue;
		pid = fork();
		if (pid == 0) {
			run(0);
			_exit(0);
		}
		running++;
	}
	while ((pid = wait(&status)) > 0) {
		if (shared->leaving) {
			shared->leaving = 0;
			next_turn();
		} else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM && shared->hanging) {
			now = &steps[shared->turn];
			check(1, "did not return until it was killed");
			shared->stopped = 1;
		} else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			now = &steps[shared->turn < nsteps ? shared->turn : nsteps - 1];
			check(0, WIFSIGNALED(status) ? "the process died of signal %d" : "the process ended: %d",
			      WIFSIGNALED(status) ? WTERMSIG(status) : status);
			shared->stopped = 1;
		}
	}
	listen_to_kernel();
	printf("1..%d\n# %d of %d failed, %u warnings and BUGs of the kernel\n", shared->tests, shared->failed,
	       shared->tests, shared->words);
	return shared->failed ? 1 : 0;
}`;
