/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"

static gboolean
collect_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  g_ptr_array_add (user_data, g_strndup (text, length));
  return TRUE;
}

/* Feeds @text in pieces of own blocks: the first of @first bytes, the others of @step. Returns whether all was taken. */
static gboolean
feed_pieces (const char *path, const char *text, gsize length, gsize first, gsize step, GPtrArray *elements,
             char **rest, GError **error)
{
  g_autoptr (LuoJsonStream) stream = luo_json_stream_new (path, 0, collect_cb, elements);
  gsize at = 0;

  g_ptr_array_set_size (elements, 0);
  while (at < length)
    {
      gsize n = MIN (at == 0 && first > 0 ? first : step, length - at);
      g_autofree char *block = g_memdup2 (text + at, n);

      if (!luo_json_stream_feed (stream, block, n, error))
        return FALSE;
      at += n;
    }
  return luo_json_stream_end (stream, rest, error);
}

typedef struct
{
  const char *path;
  const char *text;
  const char *elements[5];
  const char *rest;
} Stream;

static const Stream streams[] = {
  { "results",
    "{\"results\":[{\"seq\":\"1-a\"},\n{\"seq\":\"2-b\"}\n],\"last_seq\":\"2-b\",\"pending\":0}",
    { "{\"seq\":\"1-a\"}", "{\"seq\":\"2-b\"}" },
    "{\"results\":[],\"last_seq\":\"2-b\",\"pending\":0}" },
  { "results", "{\"results\":[]}", { NULL }, "{\"results\":[]}" },
  { "rows",
    " {\"total_rows\": 2 , \"offset\":0, \"rows\" : [ {\"id\":\"a\"} , {\"id\":\"b\"} ] } ",
    { "{\"id\":\"a\"}", "{\"id\":\"b\"}" },
    " {\"total_rows\": 2 , \"offset\":0, \"rows\" : [] } " },
  /* Brackets, quotes and escapes within strings; objects and arrays within. */
  { "results",
    "{\"results\":[{\"a\":\"}]{[,\\\"\\\\\",\"b\":[[],{\"c\":\"\\\\\\\"]\"}]},{}]}",
    { "{\"a\":\"}]{[,\\\"\\\\\",\"b\":[[],{\"c\":\"\\\\\\\"]\"}]}", "{}" },
    "{\"results\":[]}" },
  { "results",
    "{\"results\":[{\"t\":\"沈政办发〔2020〕27号\\u843d\"}]}",
    { "{\"t\":\"沈政办发〔2020〕27号\\u843d\"}" },
    "{\"results\":[]}" },
  /* The name elsewhere: as a value, deeper, with an escape. */
  { "results",
    "{\"x\":\"results\",\"y\":{\"results\":[1]},\"z\":[\"results\",[2]],\"re\\u0073ults\":[{\"a\":1}]}",
    { "{\"a\":1}" },
    "{\"x\":\"results\",\"y\":{\"results\":[1]},\"z\":[\"results\",[2]],\"re\\u0073ults\":[]}" },
  /* Escapes around the array. */
  { "results",
    "{\"reason\":\"a\\\"[{\\\\\",\"results\":[{\"a\":1}]}",
    { "{\"a\":1}" },
    "{\"reason\":\"a\\\"[{\\\\\",\"results\":[]}" },
  /* An error reply, and a member that is no array. */
  { "results",
    "{\"error\":\"unauthorized\",\"reason\":\"[{\"}",
    { NULL },
    "{\"error\":\"unauthorized\",\"reason\":\"[{\"}" },
  { "results", "{\"results\":null,\"ok\":[{}]}", { NULL }, "{\"results\":null,\"ok\":[{}]}" },
  { NULL,
    "[{\"ok\":true},{\"id\":\"x\",\"error\":\"conflict\"}]",
    { "{\"ok\":true}", "{\"id\":\"x\",\"error\":\"conflict\"}" },
    "[]" },
  { NULL, " [ ] ", { NULL }, "[]" },
  /* A continuous feed with heartbeats. */
  { NULL,
    "\n\n{\"seq\":1}\n\n{\"seq\":2}\r\n{\"last_seq\":2}\n",
    { "{\"seq\":1}", "{\"seq\":2}", "{\"last_seq\":2}" },
    "" },
};

/* Wherever the text is cut into pieces, the same objects come out. */
static void
test_every_cut (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      const Stream *each = &streams[i];
      gsize length = strlen (each->text);

      g_test_message ("Vector %s", each->text);
      for (gsize first = 0; first <= length; first++)
        {
          g_autofree char *rest = NULL;
          g_autoptr (GError) error = NULL;
          guint n = 0;

          /* First of 0: byte by byte. */
          g_assert_true (feed_pieces (each->path, each->text, length, first, first == 0 ? 1 : length,
                                      elements, &rest, &error));
          g_assert_no_error (error);
          for (; each->elements[n] != NULL; n++)
            g_assert_cmpstr (n < elements->len ? elements->pdata[n] : NULL, ==, each->elements[n]);
          g_assert_cmpuint (elements->len, ==, n);
          g_assert_cmpstr (rest, ==, each->rest);
        }
    }
}

/* A reply that ends early is an error wherever it ends, and what was whole was given before. */
static void
test_cut_short (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);
  const char *text = streams[0].text;

  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree char *rest = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (feed_pieces ("results", text, length, 0, 7, elements, &rest, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
      g_assert_null (rest);
      g_assert_cmpuint (elements->len, <=, 2);
    }

  /* A line-wise feed is cut only within an object. */
  for (gsize length = 0; length < 10; length++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok = feed_pieces (NULL, "{\"seq\":1}\n", length, 0, 3, elements, NULL, &error);

      g_assert_cmpint (ok, ==, length == 0 || length == 9);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *path;
    const char *text;
  } vectors[] = {
    { "results", "{\"results\":[1]}" },
    { "results", "{\"results\":[\"a\"]}" },
    { "results", "{\"results\":[{},]}" },
    { "results", "{\"results\":[{}{}]}" },
    { "results", "{\"results\":[,{}]}" },
    { "results", "{\"results\":[{}}]}" },
    { "results", "{\"results\":[]}}" },
    { "results", "{\"results\":[]} {}" },
    { "results", "{\"results\":[],\"results\":[]}" },
    { "results", "{\"results\":[{}],\"results\":[{},{}]}" },
    { "results", "{\"results\" []}" },
    { "results", "{\"results\":[],}" },
    { "results", "[]" },
    { "results", "]" },
    { "results", "<html>502</html>" },
    { NULL, "[{}]x" },
    { NULL, "[{}][{}]" },
    { NULL, "{},{}" },
    { NULL, "1" },
    { NULL, "<html>" },
  };
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    for (gsize step = 1; step < 30; step += 28)
      {
        g_autoptr (GError) error = NULL;

        g_test_message ("Vector %s", vectors[i].text);
        g_assert_false (feed_pieces (vectors[i].path, vectors[i].text, strlen (vectors[i].text), 0, step,
                                     elements, NULL, &error));
        g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
        g_assert_cmpuint (elements->len, <=, 1);
      }
}

/* An object may be as large as was said and no larger, in one piece and in many; so may what stands around. */
static void
test_bounds (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);

  for (gsize size = 99; size <= 101; size++)
    for (gsize step = 1; step < 300; step += 250)
      {
        g_autofree char *fill = g_strnfill (size - 8, 'x');
        g_autofree char *text = g_strdup_printf ("{\"rows\":[{\"a\":\"%s\"}]}", fill);
        g_autoptr (LuoJsonStream) stream = luo_json_stream_new ("rows", 100, collect_cb, elements);
        g_autoptr (GError) error = NULL;
        gboolean ok = TRUE;

        for (gsize at = 0; at < strlen (text) && ok; at += step)
          ok = luo_json_stream_feed (stream, text + at, MIN (step, strlen (text) - at), &error);
        g_assert_cmpint (ok, ==, size <= 100);
        /* After an error nothing is taken any more. */
        if (!ok)
          {
            g_assert_false (luo_json_stream_feed (stream, "]}", 2, NULL));
            g_assert_false (luo_json_stream_end (stream, NULL, NULL));
          }
      }

  {
    g_autofree char *fill = g_strnfill (1024 * 1024, 'x');
    g_autoptr (LuoJsonStream) stream = luo_json_stream_new ("rows", 0, collect_cb, elements);
    g_autoptr (GError) error = NULL;

    g_assert_true (luo_json_stream_feed (stream, "{\"a\":\"", 6, &error));
    g_assert_false (luo_json_stream_feed (stream, fill, strlen (fill), &error));
    g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
  }
  {
    g_autofree char *deep = g_strnfill (LUO_JSON_MAX_DEPTH + 1, '[');
    g_autofree char *text = g_strdup_printf ("{\"rows\":[{\"a\":%s", deep);
    g_autoptr (LuoJsonStream) stream = luo_json_stream_new ("rows", 0, collect_cb, elements);
    g_autoptr (GError) error = NULL;

    g_assert_false (luo_json_stream_feed (stream, text, strlen (text), &error));
    g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
  }
}

static gboolean
stop_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  guint *count = user_data;

  if (++*count < 2)
    return TRUE;
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, "enough");
  return FALSE;
}

/* The receiver's own error stops the stream and is handed on. */
static void
test_stops (void)
{
  guint count = 0;
  g_autoptr (LuoJsonStream) stream = luo_json_stream_new ("rows", 0, stop_cb, &count);
  g_autoptr (GError) error = NULL;

  g_assert_false (luo_json_stream_feed (stream, "{\"rows\":[{},{},{}]}", 19, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
  g_assert_cmpuint (count, ==, 2);
  g_assert_false (luo_json_stream_feed (stream, " ", 1, NULL));
}

static gboolean
count_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  ++*(guint *)user_data;
  return TRUE;
}

static void
test_speed (void)
{
  g_autoptr (GString) row = g_string_new ("{\"id\":\"progress:2020:195:2020-08:huanggu\",\"overall\":\"");
  g_autoptr (GString) chunk = g_string_new (NULL);
  guint count = 0;
  guint rounds = g_test_perf () ? 10000 : 20;
  g_autoptr (LuoJsonStream) stream = luo_json_stream_new ("rows", 0, count_cb, &count);
  gint64 begin;
  double seconds;

  for (int i = 0; i < 60; i++)
    g_string_append (row, "养老服");
  g_string_append (row, "\",\"readings\":{\"centres\":15,\"stations\":117},\"state\":\"submitted\"},\n");
  for (int i = 0; i < 100; i++)
    g_string_append (chunk, row->str);

  g_assert_true (luo_json_stream_feed (stream, "{\"rows\":[", 9, NULL));
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++)
    g_assert_true (luo_json_stream_feed (stream, chunk->str, chunk->len, NULL));
  seconds = (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_assert_true (luo_json_stream_feed (stream, "{}]}", 4, NULL));
  g_assert_true (luo_json_stream_end (stream, NULL, NULL));
  g_assert_cmpuint (count, ==, rounds * 100 + 1);
  g_test_message ("%.0f MB/s", (double)chunk->len * rounds / seconds / 1e6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/json-stream/every-cut", test_every_cut);
  g_test_add_func ("/record/json-stream/cut-short", test_cut_short);
  g_test_add_func ("/record/json-stream/refuses", test_refuses);
  g_test_add_func ("/record/json-stream/bounds", test_bounds);
  g_test_add_func ("/record/json-stream/stops", test_stops);
  g_test_add_func ("/record/json-stream/speed", test_speed);
  return g_test_run ();
}
