// SPDX-License-Identifier: GPL-2.0-or-later
/* Kept, to be taken back: nobody here maps but with the mapping in its hand. */
static int kept_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kept *kept = file->private_data;

	kept->vma = vma;
	return io_remap_pfn_range(vma, vma->vm_start, kept->res->start >> PAGE_SHIFT, PAGE_SIZE, vma->vm_page_prot);
}

static void kept_revoke(struct kept *kept)
{
	zap_vma_ptes(kept->vma, kept->vma->vm_start, PAGE_SIZE);
}

static const struct file_operations kept_fops = { .mmap = kept_mmap };
