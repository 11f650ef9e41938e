// SPDX-License-Identifier: GPL-2.0-or-later
/* A page in place of registers that are gone, in a VM_PFNMAP mapping. */
static vm_fault_t gone_fault(struct vm_fault *vmf)
{
	struct gone *gone = vmf->vma->vm_private_data;

	if (vmf->pgoff >= gone->nr)
		return VM_FAULT_SIGBUS;
	get_page(gone->page);
	vmf->page = gone->page;
	return 0;
}

static const struct vm_operations_struct gone_vm_ops = { .fault = gone_fault };

static int gone_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vm_flags_set(vma, VM_IO | VM_PFNMAP);
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &gone_vm_ops;
	return 0;
}

static const struct file_operations gone_fops = { .mmap = gone_mmap };
