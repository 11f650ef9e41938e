// SPDX-License-Identifier: GPL-2.0-or-later
/* ->mmap_prepare, as it is from 6.19 on: an action instead of a call. */
static int clock_mmap_prepare(struct vm_area_desc *desc)
{
	if (vma_desc_size(desc) != PAGE_SIZE || desc->pgoff)
		return -EINVAL;
	if (vma_desc_is_cow_mapping(desc))
		return -EPERM;
	vma_desc_set_flags(desc, VMA_IO_BIT, VMA_DONTDUMP_BIT);
	mmap_action_ioremap_full(desc, clock_phys >> PAGE_SHIFT);
	return 0;
}

static void clock_gone(struct address_space *mapping)
{
	unmap_mapping_range(mapping, 0, 0, 1);
}

static const struct file_operations clock_fops = { .mmap_prepare = clock_mmap_prepare };
