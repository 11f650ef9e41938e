// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages by vm_insert_page() from ->fault; ->mmap does not say that there will be some. */
static vm_fault_t late_fault(struct vm_fault *vmf)
{
	struct late *late = vmf->vma->vm_private_data;
	int err = vm_insert_page(vmf->vma, vmf->address, late->pages[vmf->pgoff]);

	return err ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct late_vm_ops = { .fault = late_fault };

static int late_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND);
	vma->vm_ops = &late_vm_ops;
	return 0;
}

static const struct file_operations late_fops = { .mmap = late_mmap };
