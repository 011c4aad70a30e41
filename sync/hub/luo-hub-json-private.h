/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Small readings of JSON that was or is strictly checked by luo_json_cut(). */

/** The decoded text of a JSON string that is all of @text; NULL where it is none. Returns: (transfer full) (nullable) */
char *luo_hub_json_decode (const char *text, gsize length);

/**
 * luo_hub_json_strings:
 * @text: JSON text of a value, already checked
 *
 * Returns: (transfer full) (nullable): the texts of an array of strings, NULL-ended; NULL where it is no such array
 */
char **luo_hub_json_strings (const char *text, gsize length);

/** Checks strictly, then parses. LUO_RECORD_ERROR_JSON, LUO_HUB_ERROR_BAD_REQUEST where it is no object. Returns: (transfer full) */
JsonObject *luo_hub_json_parse_object (const char *text, gsize length, GError **error);

/** (nullable): a member that is text. */
const char *luo_hub_json_get_text (JsonObject *object, const char *name);
/** Whether a member is there and true. */
gboolean luo_hub_json_get_flag (JsonObject *object, const char *name);
/** Returns: (transfer full) (nullable): a member that is an array of texts, NULL-ended */
char **luo_hub_json_get_strings (JsonObject *object, const char *name);

/** Appends ["a","b"]. */
void luo_hub_json_append_strings (GString *out, const char *const *strings);

/** Appends `"name":` after a comma where something stands before it in its object. */
void luo_hub_json_append_name (GString *out, const char *name);

G_END_DECLS
