// SPDX-License-Identifier: GPL-2.0-or-later
/* The size is looked at once, in ->mmap, and mremap comes later. */
static vm_fault_t ring_fault(struct vm_fault *vmf)
{
	struct ring *ring = vmf->vma->vm_private_data;
	unsigned long nr = vmf->pgoff;

	vmf->page = ring->pages[nr];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct ring_vm_ops = { .fault = ring_fault };

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct ring *ring = file->private_data;

	if (vma_pages(vma) > ring->nr)
		return -EINVAL;
	vma->vm_private_data = ring;
	vma->vm_ops = &ring_vm_ops;
	return 0;
}

static const struct file_operations ring_fops = { .mmap = ring_mmap };
