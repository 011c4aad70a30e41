/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** Returns: (transfer full): `task:2020:73` */
char *luo_record_id_task (guint year, guint number);

/** Returns: (transfer full): `progress:2020:73:2020-08:city` for a task id, a month `YYYY-MM` and an office */
char *luo_record_id_progress (const char *task_id, const char *month, const char *office, GError **error);

/** Returns: (transfer full): `<type>:` and 32 random hex digits from the system's generator */
char *luo_record_id_random (const char *type);

/**
 * luo_record_id_for:
 *
 * The id that a new record must have: natural for task, progress, office and reference (from its members), else random.
 *
 * Returns: (transfer full): the id; NULL with LUO_RECORD_ERROR_MEMBER when a member that makes the id is missing
 */
char *luo_record_id_for (JsonObject *record, GError **error);

/** Whether an id is of an entry of the history, which a person does not count among the records. */
gboolean luo_record_id_is_entry (const char *id);

/** Returns: (transfer full) (nullable): the type an id names ("task" of "task:2020:73") */
char *luo_record_id_type (const char *id);

G_END_DECLS
