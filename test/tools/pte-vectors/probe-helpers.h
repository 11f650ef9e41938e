/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every test and operation of an entry that a layout can have, by the name that layouts use. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define probe_uffd(name) pte_##name##uffd
#else
#define probe_uffd(name) pte_##name##uffd_wp
#endif
TEST(present, pte_present(pte))
TEST(none, pte_none(pte))
TEST(write, pte_write(pte))
TEST(dirty, pte_dirty(pte))
TEST(young, pte_young(pte))
TEST(special, pte_special(pte))
TEST(protnone, pte_protnone(pte))
TEST(swp_exclusive, pte_swp_exclusive(pte))
OP(mkwrite, pte_mkwrite_novma(pte))
OP(wrprotect, pte_wrprotect(pte))
OP(mkdirty, pte_mkdirty(pte))
OP(mkclean, pte_mkclean(pte))
OP(mkyoung, pte_mkyoung(pte))
OP(mkold, pte_mkold(pte))
OP(mkspecial, pte_mkspecial(pte))
OP(swp_mkexclusive, pte_swp_mkexclusive(pte))
OP(swp_clear_exclusive, pte_swp_clear_exclusive(pte))
#ifdef CONFIG_ARCH_HAS_PTE_DEVMAP
TEST(devmap, pte_devmap(pte))
OP(mkdevmap, pte_mkdevmap(pte))
#endif
#ifdef CONFIG_MEM_SOFT_DIRTY
TEST(soft_dirty, pte_soft_dirty(pte))
TEST(swp_soft_dirty, pte_swp_soft_dirty(pte))
OP(mksoft_dirty, pte_mksoft_dirty(pte))
OP(clear_soft_dirty, pte_clear_soft_dirty(pte))
OP(swp_mksoft_dirty, pte_swp_mksoft_dirty(pte))
OP(swp_clear_soft_dirty, pte_swp_clear_soft_dirty(pte))
#endif
#ifdef CONFIG_HAVE_ARCH_USERFAULTFD_WP
TEST(uffd_wp, probe_uffd()(pte))
TEST(swp_uffd_wp, probe_uffd(swp_)(pte))
OP(mkuffd_wp, probe_uffd(mk)(pte))
OP(clear_uffd_wp, probe_uffd(clear_)(pte))
OP(swp_mkuffd_wp, probe_uffd(swp_mk)(pte))
OP(swp_clear_uffd_wp, probe_uffd(swp_clear_)(pte))
#endif
#ifdef CONFIG_X86
TEST(exec, pte_exec(pte))
TEST(global, pte_global(pte))
TEST(huge, pte_huge(pte))
TEST(shstk, pte_shstk(pte))
#endif
#ifdef CONFIG_ARM64
TEST(user, pte_user(pte))
TEST(user_exec, pte_user_exec(pte))
TEST(valid, pte_valid(pte))
TEST(hw_dirty, pte_hw_dirty(pte))
TEST(sw_dirty, pte_sw_dirty(pte))
TEST(tagged, pte_tagged(pte))
TEST(valid_not_user, pte_valid_not_user(pte))
TEST(cont, pte_cont(pte))
TEST(present_invalid, pte_present_invalid(pte))
OP(mkinvalid, pte_mkinvalid(pte))
OP(mkcont, pte_mkcont(pte))
OP(mknoncont, pte_mknoncont(pte))
#endif
#ifdef CONFIG_RISCV
TEST(exec, pte_exec(pte))
TEST(user, pte_user(pte))
TEST(huge, pte_huge(pte))
#endif
#ifdef CONFIG_LOONGARCH
TEST(huge, pte_huge(pte))
#endif
#ifdef CONFIG_UML
TEST(exec, pte_exec(pte))
TEST(read, pte_read(pte))
#endif
#ifdef CONFIG_PPC
TEST(exec, pte_exec(pte))
TEST(read, pte_read(pte))
TEST(user, pte_user(pte))
TEST(ci, pte_ci(pte))
#endif
#undef probe_uffd
