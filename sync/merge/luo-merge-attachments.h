/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * luo_merge_attachments:
 * @base: (nullable): JSON text of the stubs of the common ancestor; NULL where it had none, or is not known
 * @ours: (nullable): those of one side
 * @theirs: (nullable): those of the other
 *
 * Merges the files of two revisions by name, three-way; a file is what its digest says. Pure, and the same for @ours and @theirs
 * exchanged. No file that one side added or replaced is lost, so there is nothing to dispute:
 *
 * - What one side added, replaced or removed is so, where the other left it alone.
 * - One side removed a file and the other replaced it: the new one stays.
 * - Both gave one name to different files: both stay. The one whose digest is less in bytes keeps the name, the other gets
 *   eight hex digits of its own behind the stem: `通知.pdf` and `通知-3f2a9c1b.pdf`.
 *
 * Thread-safe. Returns: (transfer full) (nullable): the merged stubs, sorted by name; NULL where there are none
 */
char *luo_merge_attachments (const char *base, const char *ours, const char *theirs);

G_END_DECLS
