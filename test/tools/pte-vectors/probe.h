/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the generator, probe.c and main.c, call each other by. */
typedef unsigned long long u64_out;

/* A 32-bit x86 kernel hands arguments over in registers, a program does not. */
#if defined(__i386__)
#define PROBE_CALL __attribute__((regparm(0)))
#else
#define PROBE_CALL
#endif

PROBE_CALL const char *probe_test_name(int i);
PROBE_CALL const char *probe_op_name(int i);
PROBE_CALL int probe_test(int i, u64_out value);
PROBE_CALL u64_out probe_op(int i, u64_out value);
PROBE_CALL u64_out probe_modify(u64_out value, int index);
PROBE_CALL u64_out probe_make(u64_out pfn, int index);
PROBE_CALL u64_out probe_protection_value(int index);
PROBE_CALL u64_out probe_pfn(u64_out value);
PROBE_CALL u64_out probe_swap(unsigned int type, u64_out offset);
PROBE_CALL unsigned int probe_swap_type(u64_out value);
PROBE_CALL u64_out probe_swap_offset(u64_out value);
PROBE_CALL int probe_size(void);

/* Entries of the level above, where they can map memory; without names there are none. */
PROBE_CALL const char *probe_pmd_test_name(int i);
PROBE_CALL const char *probe_pmd_op_name(int i);
PROBE_CALL int probe_pmd_test(int i, u64_out value);
PROBE_CALL u64_out probe_pmd_op(int i, u64_out value);
PROBE_CALL u64_out probe_pmd_make(u64_out pfn, int index);
PROBE_CALL u64_out probe_pmd_pfn(u64_out value);
