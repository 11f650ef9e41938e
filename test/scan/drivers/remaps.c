// SPDX-License-Identifier: GPL-2.0-or-later
/* A window whose registers are remapped when somebody touches them. */
static vm_fault_t window_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long pfn = window_base(vma->vm_file) >> PAGE_SHIFT;

	if (remap_pfn_range(vma, vma->vm_start, pfn, PAGE_SIZE, vma->vm_page_prot))
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct window_vm_ops = { .fault = window_fault };

static int window_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vma->vm_ops = &window_vm_ops;
	return 0;
}

static const struct file_operations window_fops = { .mmap = window_mmap };
