// SPDX-License-Identifier: GPL-2.0-or-later
/* Doorbells by vmf_insert_pfn(): whoever maps them privately meets a BUG_ON. */
static vm_fault_t bell_fault(struct vm_fault *vmf)
{
	struct bells *bells = vmf->vma->vm_private_data;

	if (vmf->pgoff >= bells->pages)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, (bells->start >> PAGE_SHIFT) + vmf->pgoff);
}

static const struct vm_operations_struct bell_vm_ops = { .fault = bell_fault };

static int bell_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	vma->vm_ops = &bell_vm_ops;
	return 0;
}

static const struct file_operations bell_fops = { .mmap = bell_mmap };
