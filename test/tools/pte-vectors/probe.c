// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's half of the golden vector generator: compiled with the flags and headers of one
 * configured kernel tree, it hands that kernel's own PTE helpers to a program outside (main.c), as
 * numbers. Nothing is computed here that the kernel's headers do not compute.
 */
#include <linux/version.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#ifdef PROBE_EARLY
#include PROBE_EARLY /* run-time state that the named machine would have: see generate.mjs */
#endif

#include "probe.h"

/* An entry of either level, and its number. */
#define NUMBERS(type, entry, raw)						\
static type entry(u64_out number)						\
{										\
	type value;								\
	u32 low = number;							\
										\
	memset(&value, 0, sizeof(value));					\
	number = in_memory(number);						\
	memcpy(&value, sizeof(value) == 4 ? (void *)&low : (void *)&number, sizeof(value)); \
	return value;								\
}										\
static u64_out raw(type value)							\
{										\
	u64_out number = 0;							\
	u32 low;								\
										\
	memcpy(&low, &value, sizeof(low));					\
	if (sizeof(value) == 4)							\
		return low;							\
	memcpy(&number, &value, sizeof(value));					\
	return in_memory(number);						\
}

#ifdef PROBE_PTE_BIG_ENDIAN /* entries lie in memory in big endian order, whatever the kernel's */
#define in_memory(number) cpu_to_be64(number)
#else
#define in_memory(number) (number)
#endif
NUMBERS(pte_t, entry, raw)

#include "probe-protection.h" /* `static pgprot_t probe_protection(int index)`, made by generate.mjs */
#include "probe-functions.h" /* what helpers call and no header has, the same way */

#define TEST(name, what) static int test_##name(pte_t pte) { return !!(what); }
#define OP(name, what) static pte_t op_##name(pte_t pte) { return what; }
#include "probe-helpers.h"
#undef TEST
#undef OP

#define TEST(name, what) { #name, test_##name },
#define OP(name, what)
static const struct { const char *name; int (*test)(pte_t); } tests[] = {
#include "probe-helpers.h"
};
#undef TEST
#undef OP

#define TEST(name, what)
#define OP(name, what) { #name, op_##name },
static const struct { const char *name; pte_t (*op)(pte_t); } ops[] = {
#include "probe-helpers.h"
};

/* What main.c calls. */
PROBE_CALL const char *probe_test_name(int i) { return i < ARRAY_SIZE(tests) ? tests[i].name : NULL; }
PROBE_CALL const char *probe_op_name(int i) { return i < ARRAY_SIZE(ops) ? ops[i].name : NULL; }
PROBE_CALL int probe_test(int i, u64_out value) { return tests[i].test(entry(value)); }
PROBE_CALL u64_out probe_op(int i, u64_out value) { return raw(ops[i].op(entry(value))); }
PROBE_CALL u64_out probe_modify(u64_out value, int index) { return raw(pte_modify(entry(value), probe_protection(index))); }
PROBE_CALL u64_out probe_make(u64_out pfn, int index) { return raw(pfn_pte(pfn, probe_protection(index))); }
PROBE_CALL u64_out probe_protection_value(int index) { return pgprot_val(probe_protection(index)); }
PROBE_CALL u64_out probe_pfn(u64_out value) { return pte_pfn(entry(value)); }
PROBE_CALL u64_out probe_swap(unsigned int type, u64_out offset)
{
	return raw(__swp_entry_to_pte(__swp_entry(type, (unsigned long)offset)));
}
PROBE_CALL unsigned int probe_swap_type(u64_out value) { return __swp_type(__pte_to_swp_entry(entry(value))); }
PROBE_CALL u64_out probe_swap_offset(u64_out value) { return __swp_offset(__pte_to_swp_entry(entry(value))); }
PROBE_CALL int probe_size(void) { return sizeof(pte_t); }

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
NUMBERS(pmd_t, huge_entry, huge_raw)

#define TEST(name, what) static int pmd_test_##name(pmd_t pmd) { return !!(what); }
#define OP(name, what) static pmd_t pmd_op_##name(pmd_t pmd) { return what; }
#include "probe-pmd.h"
#undef TEST
#undef OP

#define TEST(name, what) { #name, pmd_test_##name },
#define OP(name, what)
static const struct { const char *name; int (*test)(pmd_t); } pmd_tests[] = {
#include "probe-pmd.h"
};
#undef TEST
#undef OP

#define TEST(name, what)
#define OP(name, what) { #name, pmd_op_##name },
static const struct { const char *name; pmd_t (*op)(pmd_t); } pmd_ops[] = {
#include "probe-pmd.h"
};

PROBE_CALL const char *probe_pmd_test_name(int i) { return i < ARRAY_SIZE(pmd_tests) ? pmd_tests[i].name : NULL; }
PROBE_CALL const char *probe_pmd_op_name(int i) { return i < ARRAY_SIZE(pmd_ops) ? pmd_ops[i].name : NULL; }
PROBE_CALL int probe_pmd_test(int i, u64_out value) { return pmd_tests[i].test(huge_entry(value)); }
PROBE_CALL u64_out probe_pmd_op(int i, u64_out value) { return huge_raw(pmd_ops[i].op(huge_entry(value))); }
PROBE_CALL u64_out probe_pmd_make(u64_out pfn, int index) { return huge_raw(pfn_pmd(pfn, probe_protection(index))); }
PROBE_CALL u64_out probe_pmd_pfn(u64_out value) { return pmd_pfn(huge_entry(value)); }
#else
PROBE_CALL const char *probe_pmd_test_name(int i) { return NULL; }
PROBE_CALL const char *probe_pmd_op_name(int i) { return NULL; }
PROBE_CALL int probe_pmd_test(int i, u64_out value) { return 0; }
PROBE_CALL u64_out probe_pmd_op(int i, u64_out value) { return 0; }
PROBE_CALL u64_out probe_pmd_make(u64_out pfn, int index) { return 0; }
PROBE_CALL u64_out probe_pmd_pfn(u64_out value) { return 0; }
#endif
