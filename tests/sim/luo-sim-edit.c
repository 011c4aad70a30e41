/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-json-text.h"
#include "luo-sim-private.h"
#include "luo-store-sync.h"

/* What people do with records. */

/* What of a leaf can hold a token. */
static char *
text_of (LuoDocument *document)
{
  const char *stubs = luo_document_get_attachments (document);

  return g_strconcat (luo_document_get_body (document, NULL), "\n", stubs != NULL ? stubs : "", NULL);
}

static char *
make_after (const char *body, const char *stubs)
{
  return g_strconcat (body, "\n", stubs != NULL ? stubs : "", NULL);
}

/* The store has answered. What it says when its machine died is not heard; luo_sim_ledger_settle() finds out. */
static void
take_result (LuoSimDesk *desk, guint edit, gboolean ok, const GError *error)
{
  LuoSim *sim = desk->sim;

  if (ok)
    luo_sim_ledger_accept (sim->ledger, edit);
  else if (luo_sim_disk_is_dead (desk->disk))
    luo_sim_note (sim, "%s dies saving edit %u", desk->name, edit);
  else if (g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT)
           || g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB))
    luo_sim_ledger_reject (sim->ledger, edit);
  else
    luo_sim_fail (sim, "%s can not save edit %u: %s", desk->name, edit, error->message);
}

static void
save (LuoSimDesk *desk, const char *space, const char *id, LuoDocument *winner, const char *body,
      const char *stubs, gboolean deleted, const char *what)
{
  g_autofree char *before = winner != NULL ? text_of (winner) : g_strdup ("");
  g_autofree char *after = deleted ? g_strdup ("") : make_after (body, stubs);
  guint edit = luo_sim_ledger_begin (desk->sim->ledger, desk->number, space, id, before, after);
  g_autofree char *tokens = luo_sim_ledger_describe (desk->sim->ledger, edit);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  luo_sim_note (desk->sim, "%s edit %u: %s %s in %s", desk->name, edit, what, id, tokens);
  ok = luo_store_put (desk->store, space, id, winner != NULL ? luo_document_get_rev (winner) : NULL, body,
                      stubs, deleted, LUO_PUT_COLLAPSE | LUO_PUT_HISTORY, NULL, &error);
  take_result (desk, edit, ok, error);
}

/* Sets @pointer of @body (owned, replaced) to the text @value. */
static void
set_text (char **body, const char *pointer, const char *value)
{
  g_autofree char *json = luo_json_encode_string (value);
  g_autoptr (GError) error = NULL;
  char *patched = luo_json_patch (*body, pointer, json, &error);

  g_assert_no_error (error);
  g_free (*body);
  *body = patched;
}

static void
set_json (char **body, const char *pointer, const char *json)
{
  g_autoptr (GError) error = NULL;
  char *patched = luo_json_patch (*body, pointer, json, &error);

  g_assert_no_error (error);
  g_free (*body);
  *body = patched;
}

static void
stamp (LuoSimDesk *desk, char **body, const char *at, const char *by)
{
  LuoSim *sim = desk->sim;
  g_autoptr (GDateTime) time
      = g_date_time_new_from_unix_utc (1596240000 + (sim->now + desk->skew) / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

  set_text (body, at, text);
  set_text (body, by, desk->name);
}

/* A record of its kind, as somebody makes it. */
static char *
make_body (LuoSimDesk *desk, const char *id)
{
  g_autofree char *token = luo_sim_ledger_make_token (desk->sim->ledger);
  char *body
      = g_str_has_prefix (id, "progress:")
            ? g_strdup_printf ("{\"type\":\"progress\",\"task\":\"%.*s\",\"month\":\"2020-08\",\"office\":"
                               "\"city\",\"state\":\"draft\"}",
                               13, id + strlen ("progress:"))
            : g_strdup ("{\"type\":\"note\"}");

  if (g_str_has_prefix (id, "progress:"))
    {
      g_autofree char *task = g_strdup_printf ("task:%.*s", 8, id + strlen ("progress:"));

      set_text (&body, "/task", task);
    }
  stamp (desk, &body, "/created_at", "/created_by");
  stamp (desk, &body, "/updated_at", "/updated_by");
  set_text (&body, "/overall", token);
  return body;
}

/* Changes one member or another. */
static void
change_member (LuoSimDesk *desk, char **body)
{
  static const char *const texts[] = { "/overall", "/this_month", "/remarks/a", "/remarks/b", "/later/x" };
  LuoSim *sim = desk->sim;
  g_autofree char *token = luo_sim_ledger_make_token (sim->ledger);
  g_autofree char *before = NULL;
  guint which = luo_sim_pick (sim, 12);

  if (which < G_N_ELEMENTS (texts))
    set_text (body, texts[which], token);
  else if (which < 7)
    {
      /* A further sentence of a narrative. */
      g_autofree char *json = luo_json_at (*body, "/this_month");
      g_autofree char *old = json != NULL ? luo_json_decode_string (json, strlen (json)) : NULL;
      g_autofree char *text = NULL;

      if (luo_sim_chance (sim, 500))
        text = g_strdup_printf ("%s已完成%s处。", old != NULL ? old : "", token);
      else
        text = g_strdup_printf ("新开工%s处。%s", token, old != NULL ? old : "");
      set_text (body, "/this_month", text);
    }
  else if (which < 8)
    set_json (body, luo_sim_chance (sim, 500) ? "/readings/centres" : "/readings/stations", token);
  else if (which < 9)
    set_text (body, "/tags/-", token);
  else if (which < 10)
    set_json (body, luo_sim_chance (sim, 500) ? "/tags/0" : "/tags", NULL);
  else
    {
      /* Items with a key. */
      g_autofree char *first = luo_json_at (*body, "/items/0/key");
      g_autofree char *item = g_strdup_printf ("{\"key\":\"k%s\",\"value\":\"%s\"}", token, token);

      if (first == NULL || luo_sim_chance (sim, 400))
        set_json (body, "/items/-", item);
      else if (luo_sim_chance (sim, 800))
        set_text (body, "/items/0/value", token);
      else
        set_json (body, "/items/0", NULL);
    }
}

/* Adds a file, or puts another in the place of one. @stubs (owned, replaced) (nullable) */
static gboolean
attach (LuoSimDesk *desk, char **stubs)
{
  LuoSim *sim = desk->sim;
  g_autofree char *token = luo_sim_ledger_make_token (sim->ledger);
  /* Now and then one that is kept as a file, and sent alone. */
  gsize length = luo_sim_chance (sim, 100) ? 200 * 1024 : 100 + luo_sim_pick (sim, 3000);
  g_autofree char *bytes = g_malloc (length);
  g_autofree char *name = g_strdup_printf ("%u.jpg", luo_sim_pick (sim, 3));
  g_autofree char *digest = NULL;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GError) error = NULL;
  char *changed;

  for (gsize i = 0; i < length; i++)
    bytes[i] = token[i % 7];
  data = g_bytes_new_take (g_steal_pointer (&bytes), length);
  if (!luo_store_add_attachment (desk->store, data, &digest, &error))
    {
      if (!luo_sim_disk_is_dead (desk->disk))
        luo_sim_fail (sim, "%s can not keep a file: %s", desk->name, error->message);
      return FALSE;
    }
  luo_sim_ledger_add_token (sim->ledger, digest);
  changed = luo_attachments_set (*stubs, name, "image/jpeg", digest, (gint64)length);
  g_free (*stubs);
  *stubs = changed;
  return TRUE;
}

static void
detach (LuoSimDesk *desk, char **stubs)
{
  g_autofree char *name = g_strdup_printf ("%u.jpg", luo_sim_pick (desk->sim, 3));
  char *changed = luo_attachments_remove (*stubs, name);

  g_free (*stubs);
  *stubs = changed;
}

/* A person looks at a conflict and decides. */
static void
decide_conflict (LuoSimDesk *desk, const char *space, const char *id, GPtrArray *leaves)
{
  LuoSim *sim = desk->sim;
  LuoDocument *taken = leaves->pdata[luo_sim_pick (sim, leaves->len)];
  g_autofree char *body = g_strdup (luo_document_get_body (taken, NULL));
  g_autoptr (GString) before = g_string_new (NULL);
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();
  g_autofree char *after = NULL;
  g_autofree char *tokens = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  guint edit;

  for (guint i = 0; i < leaves->len; i++)
    {
      g_autofree char *text = text_of (leaves->pdata[i]);

      g_string_append (before, text);
      g_ptr_array_add (revs, (gpointer)luo_document_get_rev (leaves->pdata[i]));
    }
  g_ptr_array_add (revs, NULL);
  if (luo_sim_chance (sim, 500))
    change_member (desk, &body);
  stamp (desk, &body, "/updated_at", "/updated_by");
  after = make_after (body, luo_document_get_attachments (taken));
  edit = luo_sim_ledger_begin (sim->ledger, desk->number, space, id, before->str, after);
  tokens = luo_sim_ledger_describe (sim->ledger, edit);
  luo_sim_note (sim, "%s edit %u: decides %s (%u leaves) in %s", desk->name, edit, id, leaves->len, tokens);
  ok = luo_store_decide (desk->store, space, id, (const char *const *)revs->pdata, body,
                         luo_document_get_attachments (taken), FALSE, NULL, &error);
  take_result (desk, edit, ok, error);
}

static void
edit_record (LuoSimDesk *desk, const char *space, const char *id)
{
  LuoSim *sim = desk->sim;
  g_autoptr (GPtrArray) all = luo_store_get_leaves (desk->store, space, id, NULL);
  g_autoptr (GPtrArray) leaves = g_ptr_array_new ();
  LuoDocument *winner = NULL;
  g_autofree char *body = NULL;
  g_autofree char *stubs = NULL;
  guint what = luo_sim_pick (sim, 100);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (!luo_document_get_deleted (all->pdata[i]))
      g_ptr_array_add (leaves, all->pdata[i]);
  if (leaves->len > 0)
    winner = leaves->pdata[0];

  if (leaves->len > 1 && what < 50)
    {
      decide_conflict (desk, space, id, leaves);
      return;
    }
  if (winner == NULL)
    {
      body = make_body (desk, id);
      if (what < 15 && !attach (desk, &stubs))
        return;
      save (desk, space, id, NULL, body, stubs, FALSE, "creates");
      return;
    }
  body = g_strdup (luo_document_get_body (winner, NULL));
  stubs = g_strdup (luo_document_get_attachments (winner));
  stamp (desk, &body, "/updated_at", "/updated_by");
  if (what < 8)
    {
      save (desk, space, id, winner, body, NULL, TRUE, "deletes");
      return;
    }
  if (what < 20)
    {
      if (!attach (desk, &stubs))
        return;
    }
  else if (what < 25)
    detach (desk, &stubs);
  if (what >= 15)
    for (guint n = 1 + luo_sim_pick (sim, 3); n > 0; n--)
      change_member (desk, &body);
  save (desk, space, id, winner, body, stubs, FALSE, "changes");
}

void
luo_sim_edit (LuoSimDesk *desk)
{
  LuoSim *sim = desk->sim;
  LuoSimDesk *actor = luo_sim_set_actor (sim, desk);
  const char *space = luo_sim_chance (sim, 700) ? sim->spaces[0] : sim->spaces[1];
  guint number = luo_sim_chance (sim, 150) ? LUO_SIM_RECORDS + luo_sim_pick (sim, LUO_SIM_SELDOM_RECORDS)
                                           : luo_sim_pick (sim, LUO_SIM_RECORDS);
  g_autofree char *id = number < 3 ? g_strdup_printf ("progress:2020:%03u:2020-08:city", number + 1)
                                   : g_strdup_printf ("note:%u", number);

  if (luo_sim_chance (sim, sim->faults.kill_desk))
    luo_sim_disk_set_fuse (desk->disk, 1 + luo_sim_pick (sim, 12));
  edit_record (desk, space, id);
  /* The search index catches up whenever nothing else is to be done. */
  if (luo_sim_chance (sim, 100) && luo_sim_desk_works (desk))
    luo_store_wait_indexed (desk->store);
  luo_sim_set_actor (sim, actor);
}
