// SPDX-License-Identifier: GPL-2.0-or-later
/* A BAR that is mapped at once, and taken back when the device resets. */
static int bar_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bar *bar = file->private_data;

	if (vma->vm_end - vma->vm_start > bar->size)
		return -EINVAL;
	return io_remap_pfn_range(vma, vma->vm_start, bar->start >> PAGE_SHIFT,
				  vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static void bar_reset(struct bar *bar)
{
	unmap_mapping_range(bar->mapping, 0, 0, 1);
}

static const struct file_operations bar_fops = { .mmap = bar_mmap };
