// SPDX-License-Identifier: GPL-2.0-or-later
/** The folder of a file, with its last slash: mostly one driver. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
