// SPDX-License-Identifier: GPL-2.0-or-later
/* Both flags at once, where vmf_insert_pfn() wants one of them. */
static vm_fault_t both_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff > 3)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, both_pfn(vmf->pgoff));
}

static const struct vm_operations_struct both_vm_ops = { .fault = both_fault };

static int both_mmap(struct file *file, struct vm_area_struct *vma)
{
	if ((vma->vm_flags & VM_SHARED) == 0)
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP | VM_MIXEDMAP);
	vma->vm_ops = &both_vm_ops;
	return 0;
}

static const struct file_operations both_fops = { .mmap = both_mmap };
