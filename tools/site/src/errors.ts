// SPDX-License-Identifier: GPL-2.0-or-later
/** What keeps the site from being made: a fault in what it is made of. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
}
