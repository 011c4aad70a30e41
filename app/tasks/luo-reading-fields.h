/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-draft.h"

G_BEGIN_DECLS

/**
 * luo_reading_fields_new:
 * @draft: a progress record
 * @task: its task
 *
 * A row for the reading of each indicator by its kind: a number, covered and eligible for a share, done or not for a tick.
 *
 * Returns: (transfer floating) (nullable): NULL where the task has no indicators
 */
GtkWidget *luo_reading_fields_new (LuoDraft *draft, JsonObject *task);

/**
 * luo_reading_fields_put:
 * @key: of an indicator
 * @member: (nullable): "covered" or "eligible" of a share; NULL is the reading itself
 * @value: (nullable): JSON text; NULL takes it away
 */
void luo_reading_fields_put (LuoDraft *draft, const char *key, const char *member, const char *value);

/** Returns: (transfer full): the JSON pointer of the reading of an indicator */
char *luo_reading_fields_pointer (const char *key);

G_END_DECLS
