// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The outer half of the golden vector generator: reads questions, one a line, and prints the answers
 * of the kernel's helpers (probe.c), in hexadecimal. Runs natively or under qemu-user.
 *
 *   names | size | prot INDEX | make PFN INDEX | op NAME PTE | modify PTE INDEX | tests PTE | pfn PTE
 *   swap TYPE OFFSET | type PTE | offset PTE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long u64_out;
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

int main(void)
{
	char line[256], word[32], a[64], b[64];

	while (fgets(line, sizeof(line), stdin)) {
		a[0] = b[0] = 0;
		if (sscanf(line, "%31s %63s %63s", word, a, b) < 1)
			continue;
		u64_out x = strtoull(a, NULL, 16), y = strtoull(b, NULL, 16);

		if (!strcmp(word, "names")) {
			for (int i = 0; probe_test_name(i); i++)
				printf("%s%s", i ? " " : "", probe_test_name(i));
			printf(";");
			for (int i = 0; probe_op_name(i); i++)
				printf("%s%s", i ? " " : "", probe_op_name(i));
			printf("\n");
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
		} else if (!strcmp(word, "op")) {
			int i;

			for (i = 0; probe_op_name(i) && strcmp(probe_op_name(i), a); i++)
				;
			if (!probe_op_name(i)) {
				printf("?\n");
				continue;
			}
			answer = probe_op(i, y);
		} else {
			printf("?\n");
			continue;
		}
		printf("%llx\n", answer);
	}
	return 0;
}
