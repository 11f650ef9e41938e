/** Features of kernels after 6.12, from commits and mails: read, not proven by a transcript. */
import type { Feature } from '../arch/feature.js';

export const LATER_FEATURES = {
  mremap_several_vmas: {
    name: 'mremap_several_vmas',
    summary:
      'mremap() with MREMAP_FIXED and equal lengths moves several VMAs, and checks the source before it clears the target',
    without: 'it moves one VMA, and the target is unmapped even when the call then fails',
    since: { version: '6.17', subject: 'mm/mremap: permit mremap() move of multiple VMAs' },
    evidence: 'reported',
  },
  merge_unfaulted_anon: {
    name: 'merge_unfaulted_anon',
    summary: 'a VMA with anonymous pages merges into a neighbour that never had any',
    without: 'only the other way round: a VMA that never had any into a neighbour that has',
    since: { version: '6.16', subject: 'mm/vma: fix incorrectly disallowed anonymous VMA merges' },
    evidence: 'reported',
  },
} as const satisfies Record<string, Feature>;
