/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests and operations of an entry that maps a huge page, by the names that layouts use. */
TEST(present, pmd_present(pmd))
TEST(none, pmd_none(pmd))
TEST(write, pmd_write(pmd))
TEST(dirty, pmd_dirty(pmd))
TEST(young, pmd_young(pmd))
TEST(trans_huge, pmd_trans_huge(pmd))
TEST(leaf, pmd_leaf(pmd))
TEST(special, pmd_special(pmd))
OP(mkhuge, pmd_mkhuge(pmd))
OP(mkwrite, pmd_mkwrite_novma(pmd))
OP(wrprotect, pmd_wrprotect(pmd))
OP(mkdirty, pmd_mkdirty(pmd))
OP(mkclean, pmd_mkclean(pmd))
OP(mkyoung, pmd_mkyoung(pmd))
OP(mkold, pmd_mkold(pmd))
#if !defined(CONFIG_S390) && !defined(CONFIG_SPARC64) && !defined(CONFIG_PPC)
OP(mkinvalid, pmd_mkinvalid(pmd))
#endif
#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
OP(mkspecial, pmd_mkspecial(pmd))
#endif
#ifdef CONFIG_ARCH_HAS_PTE_DEVMAP
OP(mkdevmap, pmd_mkdevmap(pmd))
#endif
