/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one edit changed: the member `changes` of a history entry. A JSON object of pointers to pairs:
 *
 *   { "/overall": ["…", "…"], "/funds/provincial/used_fen": [100, 150], "/lead": [null, "…"], "/_attachments/1.jpg": [null, {…}] }
 *
 * Each pair is the value before and after; null where there was none. An item of a list with keys is named by its key; where items
 * changed their places, "/funds/-" holds the keys in their order. "" is the whole record: made again, or deleted. Files stand under
 * "/_attachments" by name. */

/**
 * luo_changes_make:
 * @before: (nullable): JSON text of the record before; NULL where there was none
 * @before_files: (nullable): its attachment stubs
 * @after: (nullable): the record after; NULL where it was deleted
 * @after_files: (nullable): its attachment stubs
 *
 * Returns: (transfer full): JSON text of the changes; "{}" where both are equal
 */
char *luo_changes_make (const char *before, const char *before_files, const char *after,
                        const char *after_files);

/**
 * luo_changes_undo:
 * @changes: JSON text as luo_changes_make() gives it
 * @strictly: every value must be the one after the edit, so that the result is what the edit stood on, members' order apart; else
 *   what is another by now is set back all the same, and what has no place any more is left out
 * @body: (inout) (nullable) (transfer full): JSON text of the record after the edit; before it on return
 * @files: (inout) (nullable) (transfer full): its attachment stubs
 * @error: LUO_RECORD_ERROR_JSON where a text is not what it should be; LUO_RECORD_ERROR_VALUE where a value is another
 *
 * Returns: FALSE with @error set; @body and @files are untouched then
 */
gboolean luo_changes_undo (const char *changes, gboolean strictly, char **body, char **files, GError **error);

G_END_DECLS
