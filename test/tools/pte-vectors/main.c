// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The outer half of the golden vector generator: reads questions, one a line, and prints the answers
 * of the kernel's helpers (probe.c), in hexadecimal. Runs natively or under qemu-user.
 *
 *   names | size | prot INDEX | make PFN INDEX | op NAME PTE | modify PTE INDEX | tests PTE | pfn PTE
 *   swap TYPE OFFSET | type PTE | offset PTE
 *   pmd-names | pmd-make PFN INDEX | pmd-op NAME PMD | pmd-tests PMD | pmd-pfn PMD
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

/* The names of tests and operations, as one line. */
static void names(PROBE_CALL const char *(*test)(int), PROBE_CALL const char *(*op)(int))
{
	for (int i = 0; test(i); i++)
		printf("%s%s", i ? " " : "", test(i));
	printf(";");
	for (int i = 0; op(i); i++)
		printf("%s%s", i ? " " : "", op(i));
	printf("\n");
}

/* The number of an operation, or -1. */
static int operation(PROBE_CALL const char *(*op)(int), const char *name)
{
	for (int i = 0; op(i); i++)
		if (!strcmp(op(i), name))
			return i;
	return -1;
}

int main(void)
{
	char line[256], word[32], a[64], b[64];

	while (fgets(line, sizeof(line), stdin)) {
		a[0] = b[0] = 0;
		if (sscanf(line, "%31s %63s %63s", word, a, b) < 1)
			continue;
		u64_out x = strtoull(a, NULL, 16), y = strtoull(b, NULL, 16);

		if (!strcmp(word, "names") || !strcmp(word, "pmd-names")) {
			if (word[0] == 'n')
				names(probe_test_name, probe_op_name);
			else
				names(probe_pmd_test_name, probe_pmd_op_name);
			continue;
		}
		u64_out answer = 0;

		if (!strcmp(word, "size"))
			answer = probe_size();
		else if (!strcmp(word, "prot"))
			answer = probe_protection_value(x);
		else if (!strcmp(word, "make"))
			answer = probe_make(x, y);
		else if (!strcmp(word, "modify"))
			answer = probe_modify(x, y);
		else if (!strcmp(word, "pfn"))
			answer = probe_pfn(x);
		else if (!strcmp(word, "swap"))
			answer = probe_swap(x, y);
		else if (!strcmp(word, "type"))
			answer = probe_swap_type(x);
		else if (!strcmp(word, "offset"))
			answer = probe_swap_offset(x);
		else if (!strcmp(word, "tests")) {
			for (int i = 0; probe_test_name(i); i++)
				if (probe_test(i, x))
					answer |= 1ull << i;
		} else if (!strcmp(word, "pmd-make"))
			answer = probe_pmd_make(x, y);
		else if (!strcmp(word, "pmd-pfn"))
			answer = probe_pmd_pfn(x);
		else if (!strcmp(word, "pmd-tests")) {
			for (int i = 0; probe_pmd_test_name(i); i++)
				if (probe_pmd_test(i, x))
					answer |= 1ull << i;
		} else if (!strcmp(word, "op") && operation(probe_op_name, a) >= 0)
			answer = probe_op(operation(probe_op_name, a), y);
		else if (!strcmp(word, "pmd-op") && operation(probe_pmd_op_name, a) >= 0)
			answer = probe_pmd_op(operation(probe_pmd_op_name, a), y);
		else {
			printf("?\n");
			continue;
		}
		printf("%llx\n", answer);
	}
	return 0;
}
