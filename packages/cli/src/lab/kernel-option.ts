// SPDX-License-Identifier: GPL-2.0-or-later
/** Which kernel, as every command with real kernels asks for it. */
export const KERNEL_OPTION = [
  '--kernel <name>',
  "a release (6.12: from LINUX_SOURCE, or Debian's linux-source package), or the folder of a tree",
] as const;
