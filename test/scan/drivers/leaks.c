// SPDX-License-Identifier: GPL-2.0-or-later
/* A trace buffer: the handler takes a reference that nobody drops. */
static vm_fault_t trace_fault(struct vm_fault *vmf)
{
	struct trace_buffer *buffer = vmf->vma->vm_private_data;
	struct page *page;

	page = trace_page(buffer, vmf->pgoff);
	if (!page)
		return VM_FAULT_SIGBUS;

	get_page(page);
	return vmf_insert_mixed(vmf->vma, vmf->address, page_to_pfn_t(page));
}

static const struct vm_operations_struct trace_vm_ops = {
	.fault = trace_fault,
};

static int trace_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff != 0)
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_MIXEDMAP);
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &trace_vm_ops;
	return 0;
}

static const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.mmap = trace_mmap,
};
