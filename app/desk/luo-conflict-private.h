/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-conflict.h"

G_BEGIN_DECLS

/** How files stand among the members of a conflict. */
#define LUO_CONFLICT_FILES "/_attachments/"

/** Merges a further leaf into the winner, or what it has become, against what the two have in common. */
gboolean luo_conflict_merge_leaf (LuoConflict *self, guint leaf, const char *ours, const char *theirs,
                                  char **merged, GPtrArray **disputes, GError **error);

/** Returns: (transfer none) (nullable): what a leaf and the winner have in common; where there is more, one of it */
LuoDocument *luo_conflict_base_of (LuoConflict *self, guint leaf);

/** Adds the files of one name that differ among the versions; luo-conflict-files.c. */
void luo_conflict_add_files (LuoConflict *self);

/** The files as they were decided. Returns: (transfer full) (nullable): stubs */
char *luo_conflict_decide_files (LuoConflict *self);

G_END_DECLS
