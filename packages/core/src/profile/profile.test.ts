// SPDX-License-Identifier: GPL-2.0-or-later
import { compareVersions } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import type { Feature } from '../arch/feature.js';
import { API_CHANGES } from './api-changes.js';
import { watchFeatures } from './asked.js';
import { FEATURES, type FeatureName } from './features.js';
import { defineProfile, releaseHas, resolveFeatures, withConfig, withFeature, withoutConfig } from './profile.js';
import { findProfile, linux_6_1, linux_6_12, linux_6_18, linux_7_3, PROFILES } from './profiles.js';
import { RELEASES, releaseOf } from './releases/index.js';
import { WARNINGS, warningText } from './warnings.js';

const feature = (since: string, more: Partial<Feature> = {}): Feature => ({
  name: 'it',
  summary: 'with',
  without: 'without',
  since: { version: since, subject: 'mm: it' },
  evidence: 'source',
  ...more,
});

describe('compareVersions', () => {
  it('orders by number, not by letters', () => {
    const ordered = ['6.1', '6.1.0', '6.1.85', '6.1.192', '6.2', '6.12', '6.12.117', '7.0', '7.1'];
    expect([...ordered].reverse().sort(compareVersions)).toEqual(expect.arrayContaining(ordered));
    for (const [i, version] of ordered.slice(2).entries()) {
      expect(compareVersions(ordered[i + 1]!, version), `${ordered[i + 1]} < ${version}`).toBeLessThan(0);
    }
    expect(compareVersions('6.1', '6.1.0')).toBe(0);
  });
});

describe('releaseHas', () => {
  it('has what came with it or before', () => {
    expect(['6.10', '6.11', '6.12.117'].map((version) => releaseHas(version, feature('6.11')))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('has what was backported to its series, from that point release on', () => {
    const fix = feature('6.11', { backports: ['6.1.111'] });
    expect(['6.1.0', '6.1.110', '6.1.111', '6.1.192', '6.2', '6.10.9'].map((v) => releaseHas(v, fix))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('has no more what was removed', () => {
    const gone = feature('4.5', { until: { version: '6.17', subject: 'mm: remove it' } });
    expect(['6.12', '6.17', '7.1'].map((version) => releaseHas(version, gone))).toEqual([true, false, false]);
  });
});

describe('findProfile', () => {
  it.each([
    ['linux-6.12', linux_6_12],
    ['6.12', linux_6_12],
    ['6.12.117', linux_6_12],
    ['6.1.192', linux_6_1],
  ])('%s is a release', (name, profile) => {
    expect(findProfile(name)).toBe(profile);
  });

  it('knows point releases, and features added and taken away', () => {
    expect(findProfile('6.1.0')).toMatchObject({ name: 'linux-6.1.0', version: '6.1.0' });
    const custom = findProfile('6.12+mmap_actions-remap_undo')!;
    expect(custom).toMatchObject({
      name: 'linux-6.12+mmap_actions-remap_undo',
      plus: ['mmap_actions'],
      minus: ['remap_undo'],
    });
    expect([
      custom.has(FEATURES.mmap_actions),
      custom.has(FEATURES.remap_undo),
      custom.has(FEATURES.follow_pfnmap),
    ]).toEqual([true, false, true]);
  });

  it.each(['', '5.10', 'linux', '6', '6.12+', '6.12 ', 'v6.12'])('%s is none', (name) => {
    expect(findProfile(name)).toBeUndefined();
  });
});

describe('the features', () => {
  const all: readonly Feature[] = [...Object.values(FEATURES), ...API_CHANGES];

  it('are called as mechanisms ask for them, each once', () => {
    for (const [key, { name }] of Object.entries(FEATURES)) expect(name).toBe(key);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('say what they are, and where they come from', () => {
    for (const { name, summary, without, since, where, evidence } of all) {
      expect(name).toMatch(/^[a-z0-9_]+$/);
      expect(summary.length * without.length * since.subject.length, name).toBeGreaterThan(0);
      if (evidence === 'proposed') {
        expect([name, where, since.version]).toEqual([name, expect.any(String), 'none']);
        expect(since.messageId, name).toMatch(/^[^<>\s]+@[^<>\s]+$/);
        continue;
      }
      expect(since.version, name).toMatch(/^\d+\.\d+$/);
      if (since.commit !== undefined) expect(since.commit, name).toMatch(/^[0-9a-f]{12}$/);
      // without a commit: the function, and the two releases whose sources were compared
      else expect([name, where, since.after]).toEqual([name, expect.any(String), expect.stringMatching(/^\d+\.\d+/)]);
    }
  });

  it('that are only proposed are in no release, and in a lane that names them', () => {
    const proposed = all.filter(({ evidence }) => evidence === 'proposed');
    expect(proposed.map(({ name }) => name)).toEqual(['cow_pfnmap_by_anon', 'total_mapped_pages']);
    for (const known of proposed) {
      expect(PROFILES.filter((profile) => profile.has(known))).toEqual([]);
      expect(PROFILES.every(({ version }) => findProfile(`${version}+${known.name}`)?.has(known))).toBe(true);
    }
  });

  it('that take a Kconfig symbol are in no release, and in a lane that sets it or names them', () => {
    const { no_page_mapcount } = FEATURES;
    const on = (name: string, symbols: readonly string[] = []): boolean =>
      resolveFeatures(withConfig(findProfile(name)!, symbols)).no_page_mapcount;
    expect(PROFILES.filter((profile) => profile.has(no_page_mapcount))).toEqual([]);
    expect([on('7.3'), on('7.3', ['CONFIG_NO_PAGE_MAPCOUNT']), on('7.3+no_page_mapcount')]).toEqual([
      false,
      true,
      true,
    ]);
    expect(on('6.12', ['CONFIG_NO_PAGE_MAPCOUNT'])).toBe(false);
    const set = withConfig(findProfile('7.3')!, ['CONFIG_NO_PAGE_MAPCOUNT']);
    expect(resolveFeatures(withoutConfig(set, ['CONFIG_NO_PAGE_MAPCOUNT'])).no_page_mapcount).toBe(false);
  });

  it('that are proven by transcripts tell two releases with transcripts apart', () => {
    const proven = PROFILES.filter((_, i) => RELEASES[i]!.evidence === 'transcripts');
    for (const known of Object.values<Feature>(FEATURES)) {
      if (known.evidence !== 'transcripts') continue;
      expect(new Set(proven.map((profile) => profile.has(known))).size, known.name).toBe(2);
    }
  });

  it('grow with every release, but for what was removed', () => {
    // a point release may have what a later release has only from another point release on
    const lasting = all.filter(({ backports }) => backports === undefined);
    const counts = PROFILES.map((profile) => lasting.filter((known) => profile.has(known)).length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });
});

describe('watchFeatures', () => {
  it('answers as the profile, and remembers what was asked', () => {
    const asked = new Set<FeatureName>();
    const profile = defineProfile('6.12', { minus: ['remap_undo'] });
    const watched = watchFeatures(profile, asked);
    expect([...asked]).toEqual([]);
    expect([watched.remap_undo, watched.follow_pfnmap]).toEqual([false, true]);
    expect([...asked]).toEqual(['remap_undo', 'follow_pfnmap']);
    const answers = Object.keys(FEATURES).map((name) => [name, watched[name as FeatureName]]);
    expect(Object.fromEntries(answers)).toEqual(resolveFeatures(profile));
  });
});

describe('a Kconfig symbol', () => {
  it('can stand in the name of a kernel, beside features', () => {
    const named = findProfile('7.3+CONFIG_FIND_NORMAL_PAGE-anon_pgoff')!;
    expect([named.name, [...named.config], named.plus, named.minus]).toEqual([
      'linux-7.3+CONFIG_FIND_NORMAL_PAGE-anon_pgoff',
      ['CONFIG_FIND_NORMAL_PAGE'],
      [],
      ['anon_pgoff'],
    ]);
  });

  it('that the model does not ask for is taken for a feature, which the command does not know', () => {
    expect(findProfile('7.3+CONFIG_NUMA')!.plus).toEqual(['CONFIG_NUMA']);
  });
});

describe('releases', () => {
  it('stand in order, one for each series, and are the named profiles', () => {
    const versions = RELEASES.map(({ version }) => version);
    expect([...versions].sort(compareVersions)).toEqual(versions);
    expect(PROFILES.map(({ version }) => version)).toEqual(versions);
  });

  it('that are proven say what was read, where the transcripts are and where the warnings stand', () => {
    for (const { version, evidence, source, transcripts, warnings } of RELEASES) {
      if (evidence !== 'transcripts') continue;
      expect([version, source, transcripts]).toEqual([version, expect.any(String), expect.any(String)]);
      expect(Object.keys(warnings).length, version).toBeGreaterThan(0);
    }
  });
});

describe('warningText', () => {
  it('names the line of the release that was read', () => {
    expect(warningText('insert_pfn_mismatch', linux_6_12)).toBe('WARNING: mm/memory.c:2339');
    expect(warningText('insert_pfn_mismatch', linux_6_1)).toBe('WARNING: mm/memory.c:2166');
    expect(warningText('insert_pfn_mismatch', defineProfile('6.12.117', { minus: ['remap_undo'] }))).toBe(
      'WARNING: mm/memory.c:2339',
    );
  });

  it('names the function where nobody looked up the line', () => {
    const unread = [defineProfile('6.12.3'), defineProfile('6.10'), defineProfile('7.1.2')];
    expect(unread.map((profile) => warningText('insert_pfn_mismatch', profile))).toEqual(
      unread.map(() => 'WARNING: mm/memory.c in insert_pfn()'),
    );
  });

  it('has no release print lines of 6.12', () => {
    // these lines of include/linux/rwsem.h and mm/pgtable-generic.c have not moved since, or are back where they were
    const UNMOVED = new Set([
      'mmap_assert_write_locked',
      'pmdp_invalidate_not_present',
      'pmdp_invalidate_ad_not_present',
    ]);
    for (const id of Object.keys(WARNINGS) as (keyof typeof WARNINGS)[]) {
      const ours = releaseOf(linux_6_12.version)!.warnings[id];
      if (ours === undefined || UNMOVED.has(id)) continue;
      for (const profile of [linux_6_1, linux_6_18, linux_7_3])
        expect(warningText(id, profile)).not.toBe(warningText(id, linux_6_12));
    }
  });
});

describe('withFeature', () => {
  const { mremap_several_vmas, map_droppable } = FEATURES;

  it('adds and takes away, and the name says so', () => {
    const more = withFeature(linux_6_12, mremap_several_vmas, true);
    expect(more.name).toBe('linux-6.12+mremap_several_vmas');
    expect([more.has(mremap_several_vmas), linux_6_12.has(mremap_several_vmas)]).toEqual([true, false]);
    const less = withFeature(more, map_droppable, false);
    expect(less.name).toBe('linux-6.12+mremap_several_vmas-map_droppable');
    expect(findProfile(less.name)).toMatchObject({ name: less.name, plus: less.plus, minus: less.minus });
  });

  it('goes back to the release, and leaves alone what is so already', () => {
    const back = withFeature(withFeature(linux_6_12, map_droppable, false), map_droppable, true);
    expect([back.name, back.minus]).toEqual(['linux-6.12', []]);
    expect(withFeature(linux_6_12, map_droppable, true)).toBe(linux_6_12);
  });
});
