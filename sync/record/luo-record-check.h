/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "luo-record-type.h"

G_BEGIN_DECLS

/**
 * luo_record_check:
 * @id: (nullable): the document's id, which must fit the record (task:2020:73 and so on); NULL where it is not known yet
 * @record: the record without members that start with `_`
 * @error: LUO_RECORD_ERROR_TYPE or LUO_RECORD_ERROR_MEMBER, naming the member (`stages/2/on`) and what was expected
 *
 * Whether @record is valid by the table of luo-record-type.h. Unknown members are allowed and not looked at. Thread-safe.
 */
gboolean luo_record_check (const char *id, JsonObject *record, GError **error);

/**
 * luo_record_check_text:
 *
 * The same for the JSON text of a record, strict as luo_json_check() is (LUO_RECORD_ERROR_JSON).
 */
gboolean luo_record_check_text (const char *id, const char *body, gssize length, GError **error);

/**
 * luo_record_parse:
 * @body: the JSON text of a record
 * @length: its bytes, or -1 where it ends with NUL
 *
 * Reads the text strictly; does not look at what the members are. An integer that 64 bits can not hold becomes a double, never
 * another integer. The object is immutable and may be read from any thread.
 *
 * Returns: (transfer full): the record; NULL with LUO_RECORD_ERROR_JSON
 */
JsonObject *luo_record_parse (const char *body, gssize length, GError **error);

/**
 * luo_member_check:
 *
 * Whether @value is valid for @member, as luo_record_check() has it: LUO_RECORD_ERROR_MEMBER.
 */
gboolean luo_member_check (const LuoMember *member, JsonNode *value, GError **error);

/**
 * luo_member_parse:
 * @member: a member of the table
 * @text: what a person typed: "669.6万元" or "669.6" for money, "2020-08-28" or "8月28日"-like dates in full, a choice by value or label…
 * @error: LUO_RECORD_ERROR_VALUE naming the member
 *
 * Reads a typed value. Texts that begin with `[` or `{` are taken as JSON for TEXTS, OBJECT, ITEMS and maps; TEXTS also take
 * values separated by `、` or `,`.
 *
 * Returns: (transfer full): the JSON text of the value, checked
 */
char *luo_member_parse (const LuoMember *member, const char *text, GError **error);

/**
 * luo_member_format:
 *
 * Returns: (transfer full): the value as a person reads it ("669.6万元", "8月28日", a choice's label), plain text
 */
char *luo_member_format (const LuoMember *member, JsonNode *value);

G_END_DECLS
