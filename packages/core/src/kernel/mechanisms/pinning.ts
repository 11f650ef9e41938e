// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs events that take references on pages of user memory (mm/gup.c). */
import type { LogEvent } from '@specialbit/events';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import type { OfType } from '../base/mechanism.js';
import { FOLL_GET, FOLL_LONGTERM, FOLL_PIN, FOLL_TOUCH, FOLL_WRITE } from '../base/mm-types.js';
import { page_folio, unpin_user_page } from '../gup/grab-folio.js';
import { __get_user_pages, gup_fast_fallback, pin_user_pages } from '../gup/gup.js';
import { theMm, vpnOf } from './references.js';

type Gup<T> = OfType<LogEvent, T>;

const flagsOf = (event: Gup<'pin_user_pages'>): number =>
  (event.write ? FOLL_WRITE : 0) | (event.longterm ? FOLL_LONGTERM : 0);

/** pin_user_pages() (mm/gup.c). */
export function runPin(k: Kernel, event: Gup<'pin_user_pages'>): void {
  const mm = theMm(k, event.mm);
  const pages: number[] = [];
  const ret = pin_user_pages(k, mm, vpnOf(k, mm, event.at), event.pages, flagsOf(event), pages);
  keep(k, event, ret, pages, true);
}

/** pin_user_pages_fast() (mm/gup.c). */
export function runPinFast(k: Kernel, event: Gup<'pin_user_pages_fast'>): void {
  const mm = theMm(k, event.mm);
  const pages: number[] = [];
  const flags = flagsOf(event) | FOLL_PIN;
  const ret = gup_fast_fallback(k, mm, vpnOf(k, mm, event.at), event.pages, flags, pages, false);
  keep(k, event, ret, pages, true);
}

/** get_user_pages() (mm/gup.c): references instead of pins. */
export function runGet(k: Kernel, event: Gup<'get_user_pages'>): void {
  const mm = theMm(k, event.mm);
  const pages: number[] = [];
  if (event.longterm) {
    // is_valid_gup_args(): FOLL_LONGTERM is of pins alone
    k.warn_once('gup_longterm_without_pin');
    k.out.ret = k.fails('gup_longterm_without_pin', -EINVAL);
    return;
  }
  const ret = __get_user_pages(
    k,
    mm,
    vpnOf(k, mm, event.at),
    event.pages,
    flagsOf(event) | FOLL_GET | FOLL_TOUCH,
    pages,
  );
  keep(k, event, ret, pages, false);
}

/** get_user_pages_fast() (mm/gup.c). */
export function runGetFast(k: Kernel, event: Gup<'get_user_pages_fast'>): void {
  const mm = theMm(k, event.mm);
  const pages: number[] = [];
  if (event.longterm) {
    k.warn_once('gup_longterm_without_pin');
    k.out.ret = k.fails('gup_longterm_without_pin', -EINVAL);
    return;
  }
  const ret = gup_fast_fallback(k, mm, vpnOf(k, mm, event.at), event.pages, flagsOf(event) | FOLL_GET, pages, false);
  keep(k, event, ret, pages, false);
}

/** get_user_pages_fast_only() (mm/gup.c). */
export function runFastOnly(k: Kernel, event: Gup<'get_user_pages_fast_only'>): void {
  const mm = theMm(k, event.mm);
  const pages: number[] = [];
  const flags = (flagsOf(event) & FOLL_WRITE) | FOLL_GET;
  const ret = gup_fast_fallback(k, mm, vpnOf(k, mm, event.at), event.pages, flags, pages, true);
  keep(k, event, ret, pages, false);
}

/** Ours: what it got is noted, and held or given back as the log says. */
function keep(k: Kernel, event: Gup<'pin_user_pages'>, ret: number, pages: number[], pinned: boolean): void {
  k.out.ret = ret;
  if (ret <= 0) return;
  k.out.pages = pages;
  for (const page of pages) {
    if (pinned && event.hold) k.pins.push(page);
    else if (pinned) unpin_user_page(k, page);
    else if (pinned || !event.hold || event.type === 'get_user_pages_fast_only') k.put_page(page_folio(k, page));
  }
}

/** unpin_user_pages() (mm/gup.c) of all that are held, the last first. */
export function runUnpin(k: Kernel): void {
  k.out.ret = k.pins.length;
  while (k.pins.length > 0) unpin_user_page(k, k.pins.pop()!);
}
