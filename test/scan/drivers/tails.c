// SPDX-License-Identifier: GPL-2.0-or-later
/* Four pages of one allocation, handed out one by one. */
static int chunk_open(struct inode *inode, struct file *file)
{
	struct chunk *chunk = file->private_data;

	chunk->head = alloc_pages(GFP_KERNEL | __GFP_ZERO, 2);
	return chunk->head ? 0 : -ENOMEM;
}

static vm_fault_t chunk_fault(struct vm_fault *vmf)
{
	struct chunk *chunk = vmf->vma->vm_private_data;

	if (vmf->pgoff >= 4)
		return VM_FAULT_SIGBUS;
	vmf->page = chunk->head + vmf->pgoff;
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct chunk_vm_ops = { .fault = chunk_fault };

static int chunk_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &chunk_vm_ops;
	return 0;
}

static const struct file_operations chunk_fops = {
	.open = chunk_open,
	.mmap = chunk_mmap,
};
