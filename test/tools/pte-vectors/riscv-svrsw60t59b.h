/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine has the extension Svrsw60t59b: the kernel finds that out at boot and patches the question. */
#include <linux/types.h>
#include <linux/stddef.h>
#include <asm/cpufeature-macros.h>
#include <asm/hwcap.h>
#define riscv_has_extension_unlikely(extension) ((extension) == RISCV_ISA_EXT_SVRSW60T59B)
