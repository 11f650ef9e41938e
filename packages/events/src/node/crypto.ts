// SPDX-License-Identifier: GPL-2.0-or-later
/** node:crypto, loaded when somebody needs it: that takes 5 ms, and most commands neither write a log nor look for a cache. */

export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');
