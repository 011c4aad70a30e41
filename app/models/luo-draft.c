/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-draft.h"

#include <glib/gi18n.h>

#include "luo-json-text.h"
#include "luo-merge.h"
#include "luo-read.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-record-id.h"
#include "luo-work.h"

/* A pause in typing as long as this ends a thought: saving at each key would only wear the disk. */
#define SAVE_AFTER_MS 600

struct _LuoDraft
{
  GObject parent_instance;

  LuoSession *session;   /* (owned) */
  LuoDocument *document; /* (owned) (nullable) */
  char *space;           /* (owned) (nullable): NULL: where the record's district is */
  char *body;            /* (owned): with unsaved edits */
  char *saved;           /* (owned) (nullable): as the replica holds it */
  JsonNode *parsed;      /* (owned) (nullable): of body */
  char *message;         /* (owned) (nullable) */
  GHashTable *refused; /* (owned) (element-type utf8 utf8): what was typed and can not be read, by pointer */
  LuoDraftState state;
  guint save_source;
  gboolean saving;
};

G_DEFINE_FINAL_TYPE (LuoDraft, luo_draft, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_DOCUMENT,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_state (LuoDraft *self, LuoDraftState state, const char *message)
{
  if (self->state == state && g_strcmp0 (self->message, message) == 0)
    return;
  g_free (self->message);
  self->message = g_strdup (message);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
take_body (LuoDraft *self, const char *body)
{
  char *copy = g_strdup (body);

  g_free (self->body);
  self->body = copy;
  g_clear_pointer (&self->parsed, json_node_unref);
}

static void
take_document (LuoDraft *self, LuoDocument *document)
{
  g_clear_pointer (&self->document, luo_document_unref);
  self->document = luo_document_ref (document);
  g_free (self->saved);
  self->saved = g_strdup (luo_document_get_body (document, NULL));
  g_free (self->space);
  self->space = g_strdup (luo_document_get_space (document));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
}

/* Saving */

typedef struct
{
  char *space, *id, *parent, *base, *body, *user; /* (owned); id, parent and base (nullable) */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_free (saving->space);
  g_free (saving->id);
  g_free (saving->parent);
  g_free (saving->base);
  g_free (saving->body);
  g_free (saving->user);
  g_free (saving);
}

/* The record has a newer version than the one that was edited: both edits are put together. */
static gboolean
save_merged (LuoStore *store, Saving *saving, GError **error)
{
  g_autoptr (LuoDocument) now = luo_store_get (store, saving->space, saving->id, NULL, error);
  g_autofree char *merged = NULL;

  if (now == NULL
      || !luo_merge (saving->base, saving->body, luo_document_get_body (now, NULL), &merged, NULL, error))
    return FALSE;
  if (merged == NULL)
    {
      g_set_error_literal (
          error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
          _ ("Somebody else changed the same text meanwhile; close the record and open it again"));
      return FALSE;
    }
  return luo_record_save (store, saving->space, saving->id, luo_document_get_rev (now), merged, saving->user,
                          NULL, error);
}

static gboolean
save_new (LuoStore *store, Saving *saving, GError **error)
{
  g_autoptr (GError) here = NULL;

  if (!luo_store_create_space (store, saving->space, &here)
      && !g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&here));
      return FALSE;
    }
  return luo_record_create (store, saving->space, saving->body, saving->user, &saving->id, NULL, error);
}

static gpointer
save_in_thread (LuoStore *store, gpointer data, GError **error)
{
  Saving *saving = data;
  g_autoptr (GError) here = NULL;

  if (saving->user == NULL)
    saving->user = luo_record_get_user (store);
  if (saving->id == NULL)
    {
      if (!save_new (store, saving, error))
        return NULL;
    }
  else if (!luo_record_save (store, saving->space, saving->id, saving->parent, saving->body, saving->user,
                             NULL, &here))
    {
      /* An unsent version that another edit took the place of is not kept at all. */
      if (!g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT)
          && !g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&here));
          return NULL;
        }
      if (!save_merged (store, saving, error))
        return NULL;
    }
  return luo_store_get (store, saving->space, saving->id, NULL, error);
}

static void save_now (LuoDraft *self);

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoDraft *self = LUO_DRAFT (source);
  g_autofree char *sent = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_work_finish (result, &error);
  LuoUndo *undo = luo_session_get_undo (self->session);
  gboolean same = strcmp (sent, self->body) == 0;
  const char *body;

  self->saving = FALSE;
  g_application_release (g_application_get_default ());
  if (document == NULL)
    {
      set_state (self, LUO_DRAFT_FAILED, error != NULL ? error->message : "");
      return;
    }

  body = luo_document_get_body (document, NULL);
  if (self->saved == NULL)
    luo_undo_add_creation (undo, luo_document_get_space (document), luo_document_get_id (document));
  else if (strcmp (self->saved, body) != 0)
    luo_undo_add_edit (undo, self, luo_document_get_space (document), luo_document_get_id (document),
                       self->saved, body);
  take_document (self, document);
  if (same)
    {
      take_body (self, body);
      set_state (self, LUO_DRAFT_SAVED, NULL);
    }
  else if (self->state == LUO_DRAFT_SAVING)
    save_now (self);
  else if (self->state == LUO_DRAFT_EDITED && self->save_source == 0)
    save_now (self);
}

static void
save_now (LuoDraft *self)
{
  Saving *saving;
  const char *district;

  g_clear_handle_id (&self->save_source, g_source_remove);
  if (self->saving)
    return;

  district = luo_read_text (luo_draft_get_object (self), "district");
  saving = g_new0 (Saving, 1);
  saving->space = g_strdup (self->space != NULL ? self->space : district != NULL ? district : "city");
  if (self->document != NULL)
    {
      saving->id = g_strdup (luo_document_get_id (self->document));
      saving->parent = g_strdup (luo_document_get_rev (self->document));
    }
  saving->base = g_strdup (self->saved);
  saving->body = g_strdup (self->body);
  saving->user = g_strdup (luo_session_get_user (self->session));
  self->saving = TRUE;
  set_state (self, LUO_DRAFT_SAVING, NULL);

  /* The program does not end before the edit is on the disk. */
  g_application_hold (g_application_get_default ());
  luo_work_run (self, luo_session_get_store (self->session), save_in_thread, saving, saving_free,
                (GDestroyNotify)luo_document_unref, NULL, saved_cb, g_strdup (self->body));
}

static gboolean
save_due_cb (gpointer user_data)
{
  LuoDraft *self = user_data;

  self->save_source = 0;
  save_now (self);
  return G_SOURCE_REMOVE;
}

static gboolean
check (LuoDraft *self, GError **error)
{
  g_autofree char *id = self->document != NULL ? g_strdup (luo_document_get_id (self->document))
                                               : luo_record_id_for (luo_draft_get_object (self), error);

  return id != NULL && luo_record_check_text (id, self->body, -1, error);
}

static void
edited (LuoDraft *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->save_source, g_source_remove);
  if (!check (self, &error))
    {
      set_state (self, LUO_DRAFT_INVALID, error != NULL ? error->message : NULL);
      return;
    }
  self->save_source = g_timeout_add (SAVE_AFTER_MS, save_due_cb, self);
  set_state (self, LUO_DRAFT_EDITED, NULL);
}

/* Edits from elsewhere */

static gpointer
read_again (LuoStore *store, gpointer data, GError **error)
{
  Saving *saving = data;

  return luo_store_get (store, saving->space, saving->id, NULL, error);
}

static void
read_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoDraft *self = LUO_DRAFT (source);
  g_autoptr (LuoDocument) document = luo_work_finish (result, NULL);

  if (document == NULL || self->state != LUO_DRAFT_SAVED)
    return;
  if (self->document != NULL
      && strcmp (luo_document_get_rev (document), luo_document_get_rev (self->document)) == 0)
    {
      /* The same version: only what is known of it on the server may have changed. */
      take_document (self, document);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
      return;
    }
  take_document (self, document);
  take_body (self, luo_document_get_body (document, NULL));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
store_changed_cb (LuoDraft *self, const char *const *spaces, GArray *keys, LuoStore *store)
{
  gboolean here = keys == NULL || keys->len == 0;
  Saving *saving;

  if (self->document == NULL || self->state != LUO_DRAFT_SAVED)
    return;
  for (guint i = 0; !here && i < keys->len; i++)
    here = g_array_index (keys, gint64, i) == luo_document_get_key (self->document);
  if (!here)
    return;
  saving = g_new0 (Saving, 1);
  saving->space = g_strdup (luo_document_get_space (self->document));
  saving->id = g_strdup (luo_document_get_id (self->document));
  luo_work_run (self, store, read_again, saving, saving_free, (GDestroyNotify)luo_document_unref, NULL,
                read_again_cb, NULL);
}

static void
luo_draft_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoDraft *self = LUO_DRAFT (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_DOCUMENT:
      g_value_set_boxed (value, self->document);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_draft_finalize (GObject *object)
{
  LuoDraft *self = LUO_DRAFT (object);

  g_clear_handle_id (&self->save_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_pointer (&self->document, luo_document_unref);
  g_clear_pointer (&self->parsed, json_node_unref);
  g_hash_table_unref (self->refused);
  g_free (self->space);
  g_free (self->body);
  g_free (self->saved);
  g_free (self->message);
  G_OBJECT_CLASS (luo_draft_parent_class)->finalize (object);
}

static void
luo_draft_class_init (LuoDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = luo_draft_get_property;
  object_class->finalize = luo_draft_finalize;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, LUO_DRAFT_NEW, LUO_DRAFT_FAILED,
                                             LUO_DRAFT_NEW, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DOCUMENT] = g_param_spec_boxed ("document", NULL, NULL, LUO_TYPE_DOCUMENT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
luo_draft_init (LuoDraft *self)
{
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static LuoDraft *
draft_new (LuoSession *session)
{
  LuoDraft *self = g_object_new (LUO_TYPE_DRAFT, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (luo_session_get_store (session), "changed", G_CALLBACK (store_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

LuoDraft *
luo_draft_new (LuoSession *session, LuoDocument *document)
{
  LuoDraft *self;

  g_return_val_if_fail (LUO_IS_SESSION (session), NULL);
  g_return_val_if_fail (document != NULL, NULL);

  self = draft_new (session);
  take_document (self, document);
  take_body (self, luo_document_get_body (document, NULL));
  self->state = LUO_DRAFT_SAVED;
  return self;
}

LuoDraft *
luo_draft_new_record (LuoSession *session, const char *space, const char *body)
{
  LuoDraft *self;

  g_return_val_if_fail (LUO_IS_SESSION (session), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  self = draft_new (session);
  self->space = g_strdup (space);
  take_body (self, body);
  return self;
}

LuoSession *
luo_draft_get_session (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  return self->session;
}

LuoDraftState
luo_draft_get_state (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), LUO_DRAFT_NEW);

  return self->state;
}

const char *
luo_draft_get_message (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  return self->message;
}

char *
luo_draft_describe (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  if (g_hash_table_size (self->refused) > 0)
    return g_strdup (_ ("What is marked can not be read and is not saved"));
  switch (self->state)
    {
    case LUO_DRAFT_SAVED:
      if (luo_session_get_server (self->session) == NULL)
        return g_strdup (_ ("Saved on this machine"));
      return g_strdup (luo_document_get_pending (self->document) ? _ ("Saved on this machine, not sent yet")
                                                                 : _ ("Saved, received by the server"));
    case LUO_DRAFT_EDITED:
    case LUO_DRAFT_SAVING:
      return g_strdup (_ ("Saving…"));
    case LUO_DRAFT_INVALID:
      /* Translators: %s says what is missing or wrong in a form */
      return g_strdup_printf (_ ("Not saved: %s"), self->message);
    case LUO_DRAFT_FAILED:
      return g_strdup_printf (_ ("Could not be saved: %s"), self->message);
    case LUO_DRAFT_NEW:
    default:
      return g_strdup (_ ("Saved as soon as it is filled in"));
    }
}

LuoDocument *
luo_draft_get_document (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  return self->document;
}

JsonObject *
luo_draft_get_object (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  if (self->parsed == NULL)
    self->parsed = json_from_string (self->body, NULL);
  if (self->parsed == NULL || !JSON_NODE_HOLDS_OBJECT (self->parsed))
    {
      g_clear_pointer (&self->parsed, json_node_unref);
      self->parsed = json_from_string ("{}", NULL);
    }
  return json_node_get_object (self->parsed);
}

const char *
luo_draft_get_body (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), NULL);

  return self->body;
}

void
luo_draft_set (LuoDraft *self, const char *pointer, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old_value = NULL;
  g_autofree char *body = NULL;

  g_return_if_fail (LUO_IS_DRAFT (self));
  g_return_if_fail (pointer != NULL);

  if (!g_str_has_suffix (pointer, "/-"))
    old_value = luo_json_at (self->body, pointer);
  if (value == NULL && old_value == NULL)
    return;
  if (value != NULL && old_value != NULL && luo_json_equal (value, old_value))
    return;
  body = luo_json_patch (self->body, pointer, value, &error);
  if (body == NULL)
    {
      set_state (self, LUO_DRAFT_FAILED, error->message);
      return;
    }
  take_body (self, body);
  edited (self);
}

void
luo_draft_set_text (LuoDraft *self, const char *pointer, const char *text)
{
  g_autofree char *value = text != NULL && *text != '\0' ? luo_json_encode_string (text) : NULL;

  luo_draft_set (self, pointer, value);
}

void
luo_draft_refuse (LuoDraft *self, const char *pointer, const char *message)
{
  g_return_if_fail (LUO_IS_DRAFT (self));

  if (message != NULL)
    g_hash_table_replace (self->refused, g_strdup (pointer), g_strdup (message));
  else if (!g_hash_table_remove (self->refused, pointer))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

gboolean
luo_draft_get_refused (LuoDraft *self)
{
  g_return_val_if_fail (LUO_IS_DRAFT (self), FALSE);

  return g_hash_table_size (self->refused) > 0;
}

void
luo_draft_flush (LuoDraft *self)
{
  g_return_if_fail (LUO_IS_DRAFT (self));

  if (self->save_source != 0)
    save_now (self);
}
