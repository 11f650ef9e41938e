/** Features of kernels after 6.12, from commits and mails: read, not proven by a transcript. */
import type { Feature } from '../arch/feature.js';

export const LATER_FEATURES = {} as const satisfies Record<string, Feature>;
