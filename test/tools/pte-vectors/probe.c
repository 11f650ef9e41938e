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

typedef unsigned long long u64_out;

static pte_t entry(u64_out raw)
{
	pte_t pte;

	memset(&pte, 0, sizeof(pte));
#ifdef __BIG_ENDIAN
	if (sizeof(pte) == 4) {
		u32 low = raw;
		memcpy(&pte, &low, 4);
		return pte;
	}
#endif
#ifdef PROBE_PTE_BIG_ENDIAN /* entries lie in memory in big endian order, whatever the kernel's */
	raw = cpu_to_be64(raw);
#endif
	memcpy(&pte, &raw, sizeof(pte));
	return pte;
}

static u64_out raw(pte_t pte)
{
	u64_out value = 0;

#ifdef __BIG_ENDIAN
	if (sizeof(pte) == 4) {
		u32 low;
		memcpy(&low, &pte, 4);
		return low;
	}
#endif
	memcpy(&value, &pte, sizeof(pte));
#ifdef PROBE_PTE_BIG_ENDIAN
	value = be64_to_cpu(value);
#endif
	return value;
}

#include "probe-protection.h" /* `static pgprot_t probe_protection(int index)`, made by generate.mjs */

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
const char *probe_test_name(int i);
const char *probe_op_name(int i);
int probe_test(int i, u64_out value);
u64_out probe_op(int i, u64_out value);
u64_out probe_modify(u64_out value, int index);
u64_out probe_make(u64_out pfn, int index);
u64_out probe_protection_value(int index);
u64_out probe_pfn(u64_out value);
u64_out probe_swap(unsigned int type, u64_out offset);
unsigned int probe_swap_type(u64_out value);
u64_out probe_swap_offset(u64_out value);
int probe_size(void);

const char *probe_test_name(int i) { return i < ARRAY_SIZE(tests) ? tests[i].name : NULL; }
const char *probe_op_name(int i) { return i < ARRAY_SIZE(ops) ? ops[i].name : NULL; }
int probe_test(int i, u64_out value) { return tests[i].test(entry(value)); }
u64_out probe_op(int i, u64_out value) { return raw(ops[i].op(entry(value))); }
u64_out probe_modify(u64_out value, int index) { return raw(pte_modify(entry(value), probe_protection(index))); }
u64_out probe_make(u64_out pfn, int index) { return raw(pfn_pte(pfn, probe_protection(index))); }
u64_out probe_protection_value(int index) { return pgprot_val(probe_protection(index)); }
u64_out probe_pfn(u64_out value) { return pte_pfn(entry(value)); }
u64_out probe_swap(unsigned int type, u64_out offset)
{
	return raw(__swp_entry_to_pte(__swp_entry(type, (unsigned long)offset)));
}
unsigned int probe_swap_type(u64_out value) { return __swp_type(__pte_to_swp_entry(entry(value))); }
u64_out probe_swap_offset(u64_out value) { return __swp_offset(__pte_to_swp_entry(entry(value))); }
int probe_size(void) { return sizeof(pte_t); }
