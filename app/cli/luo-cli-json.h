/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What commands that print JSON build it with. */

void luo_cli_json_add_int (JsonBuilder *builder, const char *name, gint64 value);
/** Adds nothing where @value is NULL. */
void luo_cli_json_add_text (JsonBuilder *builder, const char *name, const char *value);
void luo_cli_json_add_flag (JsonBuilder *builder, const char *name, gboolean value);
/** Returns: (transfer full): the text, with a line's end */
char *luo_cli_json_to_line (JsonBuilder *builder);

G_END_DECLS
