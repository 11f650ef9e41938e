// SPDX-License-Identifier: GPL-2.0-or-later
/** VMAs as short words. */
import { hexAddress } from '@specialbit/core';
import { type Kernel, vm_flags_high, vm_flags_wide, vmFlags } from '@specialbit/core/kernel';

/** `rw-s`: as /proc/PID/maps has it. */
export function vmaLetters(vm_flags: number): string {
  const letter = (flag: number, text: string): string => ((vm_flags & flag) !== 0 ? text : '-');
  const { VM_READ, VM_WRITE, VM_EXEC, VM_MAYSHARE } = vmFlags;
  const share = (vm_flags & VM_MAYSHARE) !== 0 ? 's' : 'p';
  return letter(VM_READ, 'r') + letter(VM_WRITE, 'w') + letter(VM_EXEC, 'x') + share;
}

/** Flags that the letters do not say: those that make a mapping what it is. */
export function vmaFlags(vm_flags: number): number {
  const { VM_READ, VM_WRITE, VM_EXEC, VM_SHARED, VM_MAYREAD, VM_MAYWRITE, VM_MAYEXEC, VM_MAYSHARE } = vmFlags;
  const said = VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE;
  return vm_flags_wide(vm_flags & ~said, vm_flags_high(vm_flags < 0 ? 0 : vm_flags));
}

/** `20000000-20004000`. */
export function vmaRange(k: Kernel, vma: { readonly vm_start: number; readonly vm_end: number }): string {
  return `${hexAddress(k.arch, vma.vm_start)}-${hexAddress(k.arch, vma.vm_end)}`;
}
