// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages come when they are asked for by another call: the mapping is found again. */
static int later_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_mod(vma, VM_MIXEDMAP, VM_MAYWRITE);
	return 0;
}

static int later_fill(struct later *later, struct page *page)
{
	struct vm_area_struct *vma = vma_lookup(later->mm, later->start);

	return vm_insert_page(vma, later->start, page);
}

static const struct file_operations later_fops = { .mmap = later_mmap };
