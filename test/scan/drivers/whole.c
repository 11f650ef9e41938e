// SPDX-License-Identifier: GPL-2.0-or-later
/* A folio of four pages, and revoking of what comes on faults only. */
static int whole_open(struct inode *inode, struct file *file)
{
	struct whole *whole = file->private_data;

	whole->head = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	return whole->head ? 0 : -ENOMEM;
}

static vm_fault_t whole_fault(struct vm_fault *vmf)
{
	struct whole *whole = vmf->vma->vm_private_data;

	if (vmf->pgoff >= 4)
		return VM_FAULT_SIGBUS;
	vmf->page = whole->head + vmf->pgoff;
	get_page(vmf->page);
	return 0;
}

static void whole_reset(struct whole *whole)
{
	unmap_mapping_range(whole->mapping, 0, 0, 1);
}

static const struct vm_operations_struct whole_vm_ops = { .fault = whole_fault };

static int whole_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &whole_vm_ops;
	return 0;
}

static const struct file_operations whole_fops = { .open = whole_open, .mmap = whole_mmap };
