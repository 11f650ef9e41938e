/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The laboratory's init program as an ordinary process of a machine that has a user space of its own: it plays the
 * script and ends, so that it can be recorded as any other program. It mounts nothing, leaves the consoles alone, and
 * does not reboot.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include "pfnlab.h"

/* the driver has no such command */
#undef LABIO_QUIET
#define LABIO_QUIET	0x70ff
#define mount(...)	0
#define reboot(what)	exit(0)
#include "init.c"
