// SPDX-License-Identifier: GPL-2.0-or-later
/** Which facts of an architecture the mechanisms asked for, and so what could have made a difference. */
import type { Architecture } from '../arch/architecture.js';
import { type ArchFacts, GENERIC_FACTS } from '../arch/facts.js';

/** Answers like `arch`, and notes in `asked` which facts were asked for, and `pte_special` for the special bit. */
export function watchArchitecture(arch: Architecture, asked: Set<string>): Architecture {
  const facts = new WatchedFacts(asked, arch.facts) as unknown as ArchFacts;
  const { special, pte } = arch;
  return {
    ...arch,
    facts,
    special: {
      get pte() {
        asked.add('pte_special');
        return special.pte;
      },
      pmd: special.pmd,
      pud: special.pud,
    },
    pte: {
      ...pte,
      special: (p) => {
        asked.add('pte_special');
        return pte.special(p);
      },
      mkspecial: (p) => {
        asked.add('pte_special');
        pte.mkspecial(p);
      },
    },
  };
}

/** Its questions stand in the prototype: one is made for each lane that is forked. */
class WatchedFacts {
  constructor(
    readonly asked: Set<string>,
    readonly answers: ArchFacts,
  ) {}

  static {
    for (const name of Object.keys(GENERIC_FACTS) as (keyof ArchFacts)[]) {
      Object.defineProperty(WatchedFacts.prototype, name, {
        get(this: WatchedFacts) {
          this.asked.add(name);
          return this.answers[name];
        },
      });
    }
  }
}
