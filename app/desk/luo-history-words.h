/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an edit of the history changed, and what a record was, in a person's words. All pure and thread-safe. */

/** (transfer none): what a record of a type is called: "Task", "Progress" */
const char *luo_history_words_type (const char *record_type);

/**
 * luo_history_words_changes:
 * @changes: JSON text as luo-changes.h has it
 * @body: (nullable): JSON text of the record today, where the names of its items are read
 *
 * Returns: (transfer full) (element-type utf8): a line for each member: "Lead office: … → …". The stamps are left out: who and when is
 * said elsewhere
 */
GPtrArray *luo_history_words_changes (const char *record_type, const char *changes, const char *body);

/**
 * luo_history_words_facts:
 * @body: JSON text of a record
 *
 * Returns: (transfer full) (element-type utf8): a name and a value in turns, of every member but the type and the stamps
 */
GPtrArray *luo_history_words_facts (const char *record_type, const char *body);

G_END_DECLS
