/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "luo-json-text.h"
#include "luo-record-error.h"

typedef struct
{
  const char *text;
  gssize length; /* -1: up to the NUL */
  int offset;    /* where the error is said to be; -1 where it does not matter */
} Bad;

static GArray *
new_members (void)
{
  return g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
}

/* What is not RFC 8259, or could not be kept by every program, is refused with the place. */
static void
test_refuses (void)
{
  static const Bad vectors[] = {
    { "", -1, 0 },
    { " ", -1, 1 },
    { "[]", -1, 0 },
    { "null", -1, 0 },
    { "{", -1, 1 },
    { "{\"a\"", -1, 4 },
    { "{\"a\":", -1, 5 },
    { "{\"a\":1", -1, 6 },
    { "{\"a\":1,", -1, 7 },
    { "{\"a\":1,}", -1, 7 },
    { "{,}", -1, 1 },
    { "{a:1}", -1, 1 },
    { "{'a':1}", -1, 1 },
    { "{\"a\":'b'}", -1, 5 },
    { "{\"a\" 1}", -1, 5 },
    { "{\"a\":1 \"b\":2}", -1, 7 },
    { "{\"a\":1]", -1, 6 },
    { "{\"a\":[1}", -1, 7 },
    { "{\"a\":[1,]}", -1, 8 },
    { "{\"a\":[,1]}", -1, 6 },
    { "{\"a\":1}x", -1, 7 },
    { "{\"a\":1}{}", -1, 7 },
    { "{\"a\":1}\0", 8, 7 },
    { "{\"a\":\0}", 7, 5 },
    { "{\"a\":\"\0\"}", 9, 6 },
    { "{\"a\":1}//", -1, 7 },
    { "{/* a */\"a\":1}", -1, 1 },
    { "{\"a\":1/**/}", -1, 6 },
    { "\xef\xbb\xbf{}", -1, 0 },
    /* Numbers. */
    { "{\"a\":01}", -1, 5 },
    { "{\"a\":-}", -1, 5 },
    { "{\"a\":-01}", -1, 5 },
    { "{\"a\":+1}", -1, 5 },
    { "{\"a\":.5}", -1, 5 },
    { "{\"a\":1.}", -1, 5 },
    { "{\"a\":1.e3}", -1, 5 },
    { "{\"a\":1e}", -1, 5 },
    { "{\"a\":1e+}", -1, 5 },
    { "{\"a\":0x10}", -1, 6 },
    { "{\"a\":NaN}", -1, 5 },
    { "{\"a\":Infinity}", -1, 5 },
    { "{\"a\":-Infinity}", -1, 5 },
    { "{\"a\":1_000}", -1, 6 },
    /* Words. */
    { "{\"a\":tru}", -1, 5 },
    { "{\"a\":True}", -1, 5 },
    { "{\"a\":nul", -1, 5 },
    { "{\"a\":truex}", -1, 9 },
    /* Strings. */
    { "{\"a\":\"b}", -1, 8 },
    { "{\"a\":\"b\n\"}", -1, 7 },
    { "{\"a\":\"\t\"}", -1, 6 },
    { "{\"a\":\"\x1f\"}", -1, 6 },
    { "{\"a\":\"\\x41\"}", -1, 6 },
    { "{\"a\":\"\\\"}", -1, 9 },
    { "{\"a\":\"\\u12\"}", -1, 6 },
    { "{\"a\":\"\\u12g4\"}", -1, 6 },
    { "{\"a\":\"\\u123", -1, 6 },
    { "{\"a\":\"\\U1234\"}", -1, 6 },
    { "{\"a\":\"\\", -1, 6 },
    /* Half characters. */
    { "{\"a\":\"\\ud800\"}", -1, 6 },
    { "{\"a\":\"\\udc00\"}", -1, 6 },
    { "{\"a\":\"\\ud800\\ud800\"}", -1, 6 },
    { "{\"a\":\"\\ud800x\"}", -1, 6 },
    { "{\"a\":\"\\udbff\\u0041\"}", -1, 6 },
    { "{\"a\":\"\\udc00\\ud800\"}", -1, 6 },
    { "{\"\\ud800\":1}", -1, 2 },
    /* UTF-8: lone and missing continuation, overlong, surrogates, beyond U+10FFFF. */
    { "{\"a\":\"\x80\"}", -1, 6 },
    { "{\"a\":\"\xbf\"}", -1, 6 },
    { "{\"a\":\"\xc3\"}", -1, 6 },
    { "{\"a\":\"\xe4\xb8\"}", -1, 6 },
    { "{\"a\":\"\xe4\xb8", -1, 6 },
    { "{\"a\":\"\xf0\x9f\x98\"}", -1, 6 },
    { "{\"a\":\"\xc0\x80\"}", -1, 6 },
    { "{\"a\":\"\xc1\xbf\"}", -1, 6 },
    { "{\"a\":\"\xe0\x80\x80\"}", -1, 6 },
    { "{\"a\":\"\xe0\x9f\xbf\"}", -1, 6 },
    { "{\"a\":\"\xed\xa0\x80\"}", -1, 6 },
    { "{\"a\":\"\xed\xbf\xbf\"}", -1, 6 },
    { "{\"a\":\"\xf0\x8f\xbf\xbf\"}", -1, 6 },
    { "{\"a\":\"\xf4\x90\x80\x80\"}", -1, 6 },
    { "{\"a\":\"\xf5\x80\x80\x80\"}", -1, 6 },
    { "{\"a\":\"\xff\"}", -1, 6 },
    { "{\"a\":\"\xe4\xb8\xad\xe4\xb8\"}", -1, 9 },
    { "{\xe4\xb8\xad:1}", -1, 1 },
    /* A member twice, at any level and in any spelling. */
    { "{\"a\":1,\"a\":1}", -1, -1 },
    { "{\"a\":1,\"b\":{\"c\":1,\"d\":2,\"c\":3}}", -1, -1 },
    { "{\"a\":[{\"x\":1},{\"x\":1,\"x\":2}]}", -1, -1 },
    { "{\"a\":1,\"\\u0061\":2}", -1, -1 },
    { "{\"\\n\":1,\"\\u000a\":2}", -1, -1 },
    { "{\"\\u0000\":1,\"\\u0000\":2}", -1, -1 },
    { "{\"\":1,\"\":2}", -1, -1 },
    { "{\"\xe4\xb8\xad\":1,\"\\u4e2d\":2}", -1, -1 },
    { "{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}", -1, -1 },
    { "{\"allocated_fen\":1,\"disbursed_fen\":2,\"allocated_fen\":3}", -1, -1 },
  };
  g_autoptr (GArray) members = new_members ();

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gsize length = vectors[i].length < 0 ? strlen (vectors[i].text) : (gsize)vectors[i].length;
      /* An own block without a NUL, so that reading past the end is seen. */
      g_autofree char *block = g_memdup2 (vectors[i].text, length);
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, vectors[i].text);
      g_assert_false (luo_json_cut (block != NULL ? block : "", length, members, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
      g_assert_cmpuint (members->len, ==, 0);
      if (vectors[i].offset >= 0)
        {
          g_autofree char *place = g_strdup_printf ("byte %d:", vectors[i].offset);

          g_assert_nonnull (strstr (error->message, place));
        }
    }
}

/* What RFC 8259 allows is taken, whatever its length relative to the blocks that are looked at at once. */
static void
test_accepts (void)
{
  static const char *vectors[] = {
    "{}",
    " \t\r\n{ } \n",
    "{\"a\":1}",
    "{ \"a\" : [ ] , \"b\" : { } , \"c\" : [ 1 , \"x\" , null , true , false ] }",
    "{\"\":\"\"}",
    "{\"a\":-0,\"b\":0,\"c\":-0.0e-0,\"d\":1E+400,\"e\":123456789012345678901234567890.5}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uFFFF\\ud83d\\ude00\"}",
    "{\"a\":"
    "\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""
    "}",
    "{\"a\":{\"x\":1},\"b\":{\"x\":1},\"c\":[{\"x\":1},{\"x\":1}]}",
    "{\"a\":1,\"A\":2,\"aa\":3,\"a\\u0000\":4,\" a\":5}",
  };
  g_autoptr (GArray) members = new_members ();

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *block = g_memdup2 (vectors[i], strlen (vectors[i]));
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s", vectors[i]);
      g_assert_true (luo_json_cut (block, strlen (vectors[i]), members, &error));
      g_assert_no_error (error);
    }

  for (guint n = 0; n < 70; n++)
    for (guint ends = 0; ends < 3; ends++)
      {
        static const char *tails[] = { "", "\xe8\x90\xbd\xe5\xae\x9e", "\\\"" };
        g_autofree char *fill = g_strnfill (n, 'x');
        g_autofree char *text = g_strdup_printf ("{\"a\":\"%s%s\"}", fill, tails[ends]);
        g_autofree char *block = g_memdup2 (text, strlen (text));
        const LuoJsonMember *member;

        g_assert_true (luo_json_cut (block, strlen (text), members, NULL));
        member = luo_json_find (members, "a");
        g_assert_nonnull (member);
        g_assert_cmpuint (member->value_length, ==, n + strlen (tails[ends]) + 2);
      }
}

/* The members come in their order as spans of the text, values with every byte they had. */
static void
test_members (void)
{
  const char *text = " {\"type\" : \"task\", \"year\":2020 ,\"big\":123456789012345678901234567890,"
                     "\"n\\u0061me\":\"a\\/b\",\"list\":[ 1, {\"x\" : \"]}\"} ], \"last\":1.50}";
  static const struct
  {
    const char *name;
    const char *value;
  } expected[] = {
    { "type", "\"task\"" },
    { "year", "2020" },
    { "big", "123456789012345678901234567890" },
    { "name", "\"a\\/b\"" },
    { "list", "[ 1, {\"x\" : \"]}\"} ]" },
    { "last", "1.50" },
  };
  g_autoptr (GArray) members = new_members ();

  g_assert_true (luo_json_cut (text, strlen (text), members, NULL));
  g_assert_cmpuint (members->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      g_autofree char *value = g_strndup (member->value, member->value_length);

      g_assert_true (luo_json_member_is (member, expected[i].name));
      g_assert_false (luo_json_member_is (member, "nam"));
      g_assert_false (luo_json_member_is (member, "n\\u0061me"));
      g_assert_cmpstr (value, ==, expected[i].value);
      g_assert_cmpint (*member->start, ==, '"');
      g_assert_true (member->start + 1 == member->name);
      g_assert_true (luo_json_find (members, expected[i].name) == member);
    }
  g_assert_null (luo_json_find (members, "year2"));
}

static void
test_items (void)
{
  const char *text = "[1, \"a,b\" ,{\"x\":[2]},[], null]";
  static const char *expected[] = { "1", "\"a,b\"", "{\"x\":[2]}", "[]", "null" };
  g_autoptr (GArray) items = new_members ();
  g_autoptr (GError) error = NULL;

  g_assert_true (luo_json_cut_array (text, strlen (text), items, NULL));
  g_assert_cmpuint (items->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      g_autofree char *value = g_strndup (item->value, item->value_length);

      g_assert_null (item->name);
      g_assert_false (luo_json_member_is (item, "x"));
      g_assert_cmpstr (value, ==, expected[i]);
    }
  g_assert_false (luo_json_cut_array ("{}", 2, items, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
  g_assert_true (luo_json_check (" 12 ", 4, NULL));
  g_assert_false (luo_json_check ("12 3", 4, NULL));
}

/* Depth and length are bounded exactly where the header says. */
static void
test_bounds (void)
{
  g_autoptr (GArray) members = new_members ();

  for (int depth = LUO_JSON_MAX_DEPTH - 1; depth <= LUO_JSON_MAX_DEPTH + 1; depth++)
    for (int kind = 0; kind < 2; kind++)
      {
        g_autoptr (GString) text = g_string_new ("{\"a\":");
        g_autoptr (GError) error = NULL;
        gboolean ok;

        for (int i = 1; i < depth; i++)
          g_string_append (text, kind == 0 ? "[" : "{\"a\":");
        if (kind == 1)
          g_string_append (text, "1");
        for (int i = 1; i < depth; i++)
          g_string_append_c (text, kind == 0 ? ']' : '}');
        g_string_append_c (text, '}');
        ok = luo_json_cut (text->str, text->len, members, &error);
        g_assert_cmpint (ok, ==, depth <= LUO_JSON_MAX_DEPTH);
        if (!ok)
          g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
      }

  {
    g_autofree char *text = g_malloc (LUO_JSON_MAX_DOCUMENT + 1);
    g_autoptr (GError) error = NULL;

    memset (text, ' ', LUO_JSON_MAX_DOCUMENT + 1);
    text[0] = '{';
    text[1] = '}';
    g_assert_true (luo_json_cut (text, LUO_JSON_MAX_DOCUMENT, members, NULL));
    g_assert_false (luo_json_cut (text, LUO_JSON_MAX_DOCUMENT + 1, members, &error));
    g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
  }
}

/* An object of very many members is checked for doubles too, in time that grows with its length. */
static void
test_many_members (void)
{
  g_autoptr (GArray) members = new_members ();
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 200000; i++)
    g_string_append_printf (text, "\"member-%d-of-many\":%d,", i, i);
  g_string_append (text, "\"last\":0}");
  g_assert_true (luo_json_cut (text->str, text->len, members, NULL));
  g_assert_cmpuint (members->len, ==, 200001);

  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",\"member-\\u0037-of-many\":0}");
  g_assert_false (luo_json_cut (text->str, text->len, members, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *json;
    const char *text;
    const char *encoded;
  } vectors[] = {
    { "\"\"", "", "\"\"" },
    { "\"\\u843d\\u5b9e\"", "落实", "\"落实\"" },
    { "\"\\ud83d\\ude00\\/\"", "😀/", "\"😀/\"" },
    { "\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\b\f\n\r\t\"\\", "\"\\b\\f\\n\\r\\t\\\"\\\\\"" },
    { "\"\\u0001\\u001F\"", "\x01\x1f", "\"\\u0001\\u001f\"" },
    { "\"a\\u0000b\"",
      "a\xef\xbf\xbd"
      "b",
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = luo_json_decode_string (vectors[i].json, strlen (vectors[i].json));
      g_autofree char *encoded = NULL;

      g_assert_cmpstr (text, ==, vectors[i].text);
      if (vectors[i].encoded == NULL)
        continue;
      encoded = luo_json_encode_string (text);
      g_assert_cmpstr (encoded, ==, vectors[i].encoded);
      g_assert_true (luo_json_check (encoded, strlen (encoded), NULL));
    }
  g_assert_null (luo_json_decode_string ("12", 2));
  g_assert_null (luo_json_decode_string ("\"", 1));
}

/* yajl as a judge: no comments, UTF-8 checked. */
static gboolean
yajl_accepts (const char *text, gsize length)
{
  yajl_handle handle = yajl_alloc (NULL, NULL, NULL);
  gboolean ok = yajl_parse (handle, (const unsigned char *)text, length) == yajl_status_ok
                && yajl_complete_parse (handle) == yajl_status_ok;

  yajl_free (handle);
  return ok;
}

/* Thousands of texts with one byte or a few changed: whatever is taken here, yajl takes and json-glib reads; whatever only yajl
 * takes is one of the four things that yajl lets through. */
static void
test_against_others (void)
{
  static const char *seeds[] = {
    "{\"type\":\"progress\",\"month\":\"2020-08\",\"readings\":{\"centres\":15,\"stations\":-1.5e3},\"ok\":"
    "true}",
    "{\"a\":[1,[2,{\"b\":null}],\"\\u843d\\ud83d\\ude00\"],\"title\":\"沈政办发〔2020〕27号\",\"c\":false}",
  };
  static const char bytes[] = "{}[]:,\"\\0123456789-+.eEtrufalsn \n\x80\xbf\xc3\xe4\xff/*'";
  g_autoptr (GArray) members = new_members ();
  guint taken = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *text = g_strdup (seeds[round % 2]);
      gsize length = strlen (text);
      gint changes = g_test_rand_int_range (1, 4);
      g_autoptr (GError) error = NULL;
      gboolean ours;

      for (gint i = 0; i < changes; i++)
        text[g_test_rand_int_range (0, (gint32)length)] = bytes[g_test_rand_int_range (0, sizeof bytes - 1)];
      ours = luo_json_cut (text, length, members, &error);
      if (ours)
        {
          g_autoptr (JsonParser) parser = json_parser_new ();

          g_autofree char *canonical = luo_json_canonical (text, (gssize)length, NULL);
          g_autofree char *again = luo_json_canonical (canonical, -1, NULL);
          g_autofree char *added = luo_json_patch (text, "/zz/y", "[1]", NULL);
          g_autofree char *removed = luo_json_patch (added, "/zz", NULL, NULL);

          /* The canonical form is its own; what is added and removed again leaves every byte. */
          g_assert_cmpstr (again, ==, canonical);
          g_assert_cmpstr (removed, ==, text);
          taken++;
          if (!yajl_accepts (text, length))
            g_error ("yajl refuses: %s", text);
          if (!json_parser_load_from_data (parser, text, (gssize)length, &error))
            g_error ("json-glib refuses: %s: %s", text, error->message);
          g_assert_cmpuint (json_object_get_size (json_node_get_object (json_parser_get_root (parser))), ==,
                            members->len);
        }
      else if (yajl_accepts (text, length))
        {
          if (strstr (error->message, "not UTF-8") != NULL)
            g_assert_false (g_utf8_validate (text, (gssize)length, NULL));
          else if (strstr (error->message, "expected an object") != NULL)
            g_assert_cmpint (*g_strchug (text), !=, '{');
          else if (strstr (error->message, "follows the end") != NULL)
            {
              g_autofree char *ended = g_strconcat (text, "\"", NULL);

              /* A token behind the value that is not whole yet is no token to yajl; whole, it is one too many. */
              g_assert_false (yajl_accepts (ended, length + 1));
            }
          else if (strstr (error->message, "half a character") == NULL
                   && strstr (error->message, "member twice") == NULL)
            g_error ("only yajl takes: %s: %s", text, error->message);
        }
    }
  g_test_message ("%u texts taken", taken);
  g_assert_cmpuint (taken, >, 100);
}

/* How fast the bulk path is; the limit holds for an optimised build only. */
static void
test_speed (void)
{
  g_autoptr (GArray) members = new_members ();
  g_autoptr (GString) text = g_string_new (NULL);
  guint rounds = g_test_perf () ? 1000000 : 1000;
  gint64 begin;
  double seconds;

  g_string_append (
      text, "{\"_id\":\"progress:2020:195:2020-08:huanggu\",\"_rev\":\"3-0123456789abcdef0123456789abcdef\","
            "\"type\":\"progress\",\"task\":\"task:2020:195\",\"month\":\"2020-08\",\"office\":\"huanggu\","
            "\"overall\":\"");
  for (int i = 0; i < 50; i++)
    g_string_append (text, "养老服");
  g_string_append (text, "\",\"readings\":{\"centres\":15,\"stations\":117},\"state\":\"submitted\",");
  g_string_append (text, "\"created_at\":\"2020-08-28T09:30:00Z\",\"created_by\":\"li\"}");

  begin = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++)
    g_assert_true (luo_json_cut (text->str, text->len, members, NULL));
  seconds = (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_test_message ("%" G_GSIZE_FORMAT " bytes: %.0f documents/s, %.0f MB/s", text->len, rounds / seconds,
                  (double)text->len * rounds / seconds / 1e6);
  if (g_test_perf ())
    g_test_maximized_result (rounds / seconds, "%.0f documents/s", rounds / seconds);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/json/refuses", test_refuses);
  g_test_add_func ("/record/json/accepts", test_accepts);
  g_test_add_func ("/record/json/members", test_members);
  g_test_add_func ("/record/json/items", test_items);
  g_test_add_func ("/record/json/bounds", test_bounds);
  g_test_add_func ("/record/json/many-members", test_many_members);
  g_test_add_func ("/record/json/strings", test_strings);
  g_test_add_func ("/record/json/against-others", test_against_others);
  g_test_add_func ("/record/json/speed", test_speed);
  return g_test_run ();
}
