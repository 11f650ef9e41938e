// SPDX-License-Identifier: GPL-2.0-or-later
/** The Makefile of a reproducer: the module by the kernel's own build, the program by a plain compiler. */
export const MAKEFILE_TEXT = `# SPDX-License-Identifier: GPL-2.0
# make              the module for the kernel that runs, and the program
# make KDIR=...     for another one: the folder of its headers
# make run          loads the module and runs the program, as root, on a machine that may crash
obj-m := repro.o

KDIR ?= /lib/modules/$(shell uname -r)/build
PROGRAM_CC ?= $(CROSS_COMPILE)gcc

all: modules play

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

play: play.c repro.h
	$(PROGRAM_CC) -O2 -Wall -Wextra -static -o $@ $<

run: all
	insmod repro.ko $(PARAMS)
	./play

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -f play

.PHONY: all modules run clean
`;
