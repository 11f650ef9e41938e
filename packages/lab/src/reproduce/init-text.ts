// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The first process of a machine that has reproducers and nothing else: `/1`, `/2` and so on, each loaded, played and unloaded.
 * The machine ends behind the last, or where one cannot be unloaded.
 */
export const INIT_TEXT = `// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int play(int number)
{
	char params[256] = "", name[16];
	int fd, n, status = 0;

	fd = open("params", O_RDONLY);
	n = read(fd, params, sizeof(params) - 1);
	params[n > 0 ? n : 0] = 0;
	close(fd);
	printf("REPRO BEGIN %d\\n", number);
	fflush(stdout);
	fd = open("repro.ko", O_RDONLY);
	if (syscall(SYS_finit_module, fd, params, 0))
		printf("Bail out! repro.ko: %s\\n", strerror(errno));
	close(fd);
	fflush(stdout);
	if (fork() == 0) {
		execl("./play", "./play", access("fatal", F_OK) ? NULL : "--fatal", NULL);
		_exit(127);
	}
	wait(&status);
	printf("REPRO END %d\\n", status);
	fflush(stdout);
	snprintf(name, sizeof(name), "r%d", number);
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

int main(void)
{
	char folder[16];
	int fd, i;

	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	for (i = 1; snprintf(folder, sizeof(folder), "/%d", i), !chdir(folder); i++)
		if (play(i))
			break;
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
`;
