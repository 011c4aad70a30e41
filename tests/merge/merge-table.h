/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MergeCase: three texts and either the merged text byte for byte, or the pointers in dispute, separated by spaces. Each holds
 * whichever side is called ours.
 */
typedef struct
{
  const char *name; /* NULL ends the table */
  const char *base; /* (nullable) */
  const char *ours;
  const char *theirs;
  const char *merged;   /* (nullable) */
  const char *disputes; /* (nullable) */
} MergeCase;

extern const MergeCase merge_table[];

G_END_DECLS
