/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LoongArch's compiler brings this header; another compiler does without: no helper of entries uses it. */
