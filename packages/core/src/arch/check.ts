import type { PteLayout } from './layout.js';
export function checkLayout(_layout: PteLayout): void {}
