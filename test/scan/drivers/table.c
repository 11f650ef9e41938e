// SPDX-License-Identifier: GPL-2.0-or-later
/* A table, and no word about mappings but this. */
static const struct device_ops elsewhere_ops = {
	.mmap = elsewhere_mmap,
};
