/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JSON as text: strict checks and byte offsets, so that a value a program does not know keeps its bytes. A document is one
 * object. The checker is our own because what libraries offer is not strict enough to guard a replica: yajl lets overlong UTF-8
 * through, turns half a surrogate pair into a question mark and does not see a member that stands twice; json-glib also accepts
 * comments and single quotes. The tests hold it against both. Every function may be called from any thread.
 * Bounds for untrusted input: */
#define LUO_JSON_MAX_DEPTH 64
#define LUO_JSON_MAX_DOCUMENT (8 * 1024 * 1024)

/**
 * LuoJsonMember: one member of the top-level object, as spans of the text that was cut.
 */
typedef struct
{
  const char *name; /* points into the text, between the quotes, escapes not decoded */
  gsize name_length;
  const char *value; /* points to the first byte of the value */
  gsize value_length;
  const char *start; /* the name's opening quote */
} LuoJsonMember;

/**
 * luo_json_check:
 *
 * Whether @text is one JSON value of any kind, as strict as luo_json_cut() is. LUO_RECORD_ERROR_JSON.
 */
gboolean luo_json_check (const char *text, gsize length, GError **error);

/**
 * luo_json_cut:
 * @text: the JSON text of one object (need not be NUL-terminated)
 * @members: (out caller-allocates): a GArray of LuoJsonMember, emptied first
 * @error: LUO_RECORD_ERROR_JSON with the byte offset
 *
 * Checks the whole text (RFC 8259: UTF-8, no comments, no member twice at any level, no lone surrogate, depth at most
 * LUO_JSON_MAX_DEPTH, length at most LUO_JSON_MAX_DOCUMENT, nothing after the object) and gives its top-level members in their order. No tree is built. Fast: the bulk path of pull and hub.
 */
gboolean luo_json_cut (const char *text, gsize length, GArray *members, GError **error);

/**
 * luo_json_cut_array:
 * @items: a GArray of LuoJsonMember, emptied first; name and start are NULL
 *
 * The same for the text of an array: gives its items.
 */
gboolean luo_json_cut_array (const char *text, gsize length, GArray *items, GError **error);

/** Returns: (transfer none) (nullable): the member of that name among those of luo_json_cut() */
const LuoJsonMember *luo_json_find (const GArray *members, const char *name);

/** Whether a member's name equals @name (names with escapes are decoded for the comparison). */
gboolean luo_json_member_is (const LuoJsonMember *member, const char *name);

/** Returns: (transfer full) (nullable): the decoded text of a checked JSON string value (U+0000 as U+FFFD, because a C string
 * can not hold it); NULL where it is no string */
char *luo_json_decode_string (const char *value, gsize length);

/** Returns: (transfer full): @text as a JSON string with quotes, escaped as little as RFC 8259 allows */
char *luo_json_encode_string (const char *text);
void luo_json_append_string (GString *out, const char *text);

/**
 * luo_json_canonical:
 * @text: JSON text of any value
 * @length: its bytes, or -1 where it ends with NUL
 *
 * The canonical form that revision ids are made from: members sorted by name (bytes), no white space, numbers as written,
 * strings with the least escapes. Equal edits on two machines give equal bytes.
 *
 * Returns: (transfer full): the canonical text
 */
char *luo_json_canonical (const char *text, gssize length, GError **error);

/** The same of a text that luo_json_check() or luo_json_cut() has found to be JSON, which is not looked at once more. */
char *luo_json_canonical_checked (const char *text, gsize length);

/**
 * luo_json_patch:
 * @text: JSON text of an object
 * @pointer: RFC 6901: "/stages/2/on", "/readings/centres", "/findings/-" appends
 * @value: (nullable): JSON text of the new value; NULL removes
 *
 * Sets, adds or removes one value and leaves every other byte as it was. Missing parents are made: objects, or an array where
 * the next token is "-" or "0". A new item may only follow the last one. Removing what is not there changes nothing; "" replaces
 * the whole object. LUO_RECORD_ERROR_MEMBER where the pointer leads nowhere, LUO_RECORD_ERROR_JSON where a text is not JSON.
 *
 * Returns: (transfer full): the new text
 */
char *luo_json_patch (const char *text, const char *pointer, const char *value, GError **error);

/** Returns: (transfer full) (nullable): the JSON text of the value at @pointer; NULL where there is none */
char *luo_json_at (const char *text, const char *pointer);

/**
 * luo_json_equal:
 *
 * Whether two JSON texts have the same canonical form.
 */
gboolean luo_json_equal (const char *a, const char *b);

/**
 * LuoJsonStream: cuts the objects out of a large streamed reply such as `{"results":[{…},{…}],"last_seq":…}` as its bytes
 * arrive, without ever holding the whole. @path names the array: "results" or "rows"; NULL: the text itself is the array or, for
 * line-wise feeds, a sequence of objects.
 */
typedef struct _LuoJsonStream LuoJsonStream;

/** Called for each element of the array with its text; return FALSE with @error set to stop. */
typedef gboolean (*LuoJsonStreamFunc) (const char *text, gsize length, gpointer user_data, GError **error);

LuoJsonStream *luo_json_stream_new (const char *path, gsize max_element, LuoJsonStreamFunc func,
                                    gpointer user_data);
gboolean luo_json_stream_feed (LuoJsonStream *self, const char *data, gsize length, GError **error);

/**
 * luo_json_stream_end:
 * @rest: (out) (optional) (transfer full): the object around the array with the array emptied: `{"results":[],"last_seq":"9-x"}`
 *
 * An error where the text ended early (a reply that was cut). The rest is checked as luo_json_cut() does; with a NULL path it is
 * `[]` or empty.
 */
gboolean luo_json_stream_end (LuoJsonStream *self, char **rest, GError **error);
void luo_json_stream_free (LuoJsonStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoJsonStream, luo_json_stream_free)

G_END_DECLS
