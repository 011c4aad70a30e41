/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sim-ledger.h"

#include <string.h>

/* The first number of seven digits; no year, month or sum of the records is that long. */
#define FIRST_TOKEN 1000000

typedef struct
{
  char *text;
  guint edit;          /* that brought it */
  gboolean superseded; /* somebody who saw it saved without it */
} Token;

typedef enum
{
  EDIT_OPEN,
  EDIT_ACCEPTED,
  EDIT_REJECTED,
} EditState;

typedef struct
{
  guint number, desk;
  char *space, *id, *before;
  EditState state;
  GPtrArray *brings;  /* (element-type utf8): tokens */
  GPtrArray *removes; /* (element-type Token), not owned */
} Edit;

struct _LuoSimLedger
{
  guint next;
  GPtrArray *edits;   /* (owned) (element-type Edit) */
  GHashTable *tokens; /* (owned): "space\nid" → GPtrArray of Token */
  GPtrArray *texts;   /* (owned): all that were made */
};

static void
token_free (gpointer data)
{
  g_free (((Token *)data)->text);
  g_free (data);
}

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_free (edit->space);
  g_free (edit->id);
  g_free (edit->before);
  g_ptr_array_unref (edit->brings);
  g_ptr_array_unref (edit->removes);
  g_free (edit);
}

LuoSimLedger *
luo_sim_ledger_new (void)
{
  LuoSimLedger *self = g_new0 (LuoSimLedger, 1);

  self->next = FIRST_TOKEN;
  self->edits = g_ptr_array_new_with_free_func (edit_free);
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
luo_sim_ledger_free (LuoSimLedger *self)
{
  g_ptr_array_unref (self->edits);
  g_hash_table_unref (self->tokens);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

void
luo_sim_ledger_add_token (LuoSimLedger *self, const char *token)
{
  g_ptr_array_add (self->texts, g_strdup (token));
}

char *
luo_sim_ledger_make_token (LuoSimLedger *self)
{
  char *token = g_strdup_printf ("%u", self->next++);

  luo_sim_ledger_add_token (self, token);
  return token;
}

static GPtrArray *
tokens_of (LuoSimLedger *self, const char *space, const char *id)
{
  g_autofree char *key = g_strconcat (space, "\n", id, NULL);
  GPtrArray *tokens = g_hash_table_lookup (self->tokens, key);

  if (tokens == NULL)
    {
      tokens = g_ptr_array_new_with_free_func (token_free);
      g_hash_table_insert (self->tokens, g_steal_pointer (&key), tokens);
    }
  return tokens;
}

guint
luo_sim_ledger_begin (LuoSimLedger *self, guint desk, const char *space, const char *id, const char *before,
                      const char *after)
{
  Edit *edit = g_new0 (Edit, 1);
  GPtrArray *tokens = tokens_of (self, space, id);

  edit->number = self->edits->len;
  edit->desk = desk;
  edit->space = g_strdup (space);
  edit->id = g_strdup (id);
  edit->before = g_strdup (before);
  edit->brings = g_ptr_array_new_with_free_func (g_free);
  edit->removes = g_ptr_array_new ();
  for (guint i = 0; i < tokens->len; i++)
    {
      Token *token = tokens->pdata[i];

      if (strstr (before, token->text) != NULL && strstr (after, token->text) == NULL)
        g_ptr_array_add (edit->removes, token);
    }
  for (guint i = 0; i < self->texts->len; i++)
    if (strstr (after, self->texts->pdata[i]) != NULL && strstr (before, self->texts->pdata[i]) == NULL)
      g_ptr_array_add (edit->brings, g_strdup (self->texts->pdata[i]));
  g_ptr_array_add (self->edits, edit);
  return edit->number;
}

char *
luo_sim_ledger_describe (LuoSimLedger *self, guint edit)
{
  const Edit *found = self->edits->pdata[edit];
  GString *text = g_string_new (found->space);

  for (guint i = 0; i < found->brings->len; i++)
    g_string_append_printf (text, " +%s", (const char *)found->brings->pdata[i]);
  for (guint i = 0; i < found->removes->len; i++)
    g_string_append_printf (text, " -%s", ((const Token *)found->removes->pdata[i])->text);
  return g_string_free (text, FALSE);
}

static void
accept (LuoSimLedger *self, Edit *edit)
{
  GPtrArray *tokens = tokens_of (self, edit->space, edit->id);

  edit->state = EDIT_ACCEPTED;
  for (guint i = 0; i < edit->removes->len; i++)
    ((Token *)edit->removes->pdata[i])->superseded = TRUE;
  for (guint i = 0; i < edit->brings->len; i++)
    {
      Token *token = g_new0 (Token, 1);

      token->text = g_strdup (edit->brings->pdata[i]);
      token->edit = edit->number;
      g_ptr_array_add (tokens, token);
    }
}

void
luo_sim_ledger_accept (LuoSimLedger *self, guint edit)
{
  accept (self, self->edits->pdata[edit]);
}

void
luo_sim_ledger_reject (LuoSimLedger *self, guint edit)
{
  ((Edit *)self->edits->pdata[edit])->state = EDIT_REJECTED;
}

void
luo_sim_ledger_settle (LuoSimLedger *self, guint desk, LuoSimDecide decide, gpointer user_data)
{
  for (guint i = 0; i < self->edits->len; i++)
    {
      Edit *edit = self->edits->pdata[i];

      if (edit->state != EDIT_OPEN || edit->desk != desk)
        continue;
      g_ptr_array_add (edit->brings, NULL);
      if (decide (edit->space, edit->id, (const char *const *)edit->brings->pdata, edit->before, user_data))
        {
          g_ptr_array_set_size (edit->brings, (gint)edit->brings->len - 1);
          accept (self, edit);
        }
      else
        edit->state = EDIT_REJECTED;
    }
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

void
luo_sim_ledger_foreach (LuoSimLedger *self, LuoSimExpect expect, gpointer user_data)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (self->tokens), compare_keys);

  for (GList *item = keys; item != NULL; item = item->next)
    {
      GPtrArray *tokens = g_hash_table_lookup (self->tokens, item->data);

      for (guint i = 0; i < tokens->len; i++)
        {
          const Token *token = tokens->pdata[i];
          const Edit *edit = self->edits->pdata[token->edit];

          if (!token->superseded)
            expect (edit->space, edit->id, token->text, edit->number, edit->desk, user_data);
        }
    }
}

guint
luo_sim_ledger_count (LuoSimLedger *self)
{
  return self->edits->len;
}
