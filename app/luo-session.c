/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-session.h"

#include <glib/gi18n.h>

#include "luo-session-private.h"
#include "luo-work.h"

G_DEFINE_FINAL_TYPE (LuoSession, luo_session, G_TYPE_OBJECT)

enum
{
  PROP_STORE = 1,
  PROP_REPLICATOR,
  PROP_MONTH,
  PROP_OFFICE,
  PROP_USER,
  PROP_STARTED,
  PROP_SAMPLE,
  PROP_SERVER,
  PROP_STATUS,
  N_PROPS,
};

enum
{
  NOTICE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* Settings are written in the background; one that can not be written is asked again at the next start. */

typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned) (nullable) */
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->name);
  g_free (setting->value);
  g_free (setting);
}

static gpointer
write_setting (LuoStore *store, gpointer data, GError **error)
{
  Setting *setting = data;

  luo_store_set_meta (store, setting->name, setting->value, error);
  return NULL;
}

static void
setting_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    luo_session_notify_person (LUO_SESSION (source), error->message, FALSE);
}

void
luo_session_keep_setting (LuoSession *self, const char *name, const char *value)
{
  Setting *setting = g_new0 (Setting, 1);

  setting->name = g_strdup (name);
  setting->value = g_strdup (value);
  luo_work_run (self, self->store, write_setting, setting, setting_free, NULL, NULL, setting_written_cb,
                NULL);
}

static void
luo_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoSession *self = LUO_SESSION (object);

  switch (id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_REPLICATOR:
      g_value_set_object (value, self->replicator);
      break;
    case PROP_MONTH:
      g_value_set_string (value, self->month);
      break;
    case PROP_OFFICE:
      g_value_set_string (value, self->office);
      break;
    case PROP_USER:
      g_value_set_string (value, self->user);
      break;
    case PROP_STARTED:
      g_value_set_boolean (value, self->started);
      break;
    case PROP_SAMPLE:
      g_value_set_boolean (value, self->sample);
      break;
    case PROP_SERVER:
      g_value_set_string (value, self->server);
      break;
    case PROP_STATUS:
      g_value_set_boxed (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LuoSession *self = LUO_SESSION (object);

  switch (id)
    {
    case PROP_MONTH:
      luo_session_set_month (self, g_value_get_string (value));
      break;
    case PROP_OFFICE:
      luo_session_set_office (self, g_value_get_string (value));
      break;
    case PROP_USER:
      luo_session_set_user (self, g_value_get_string (value));
      break;
    case PROP_STARTED:
      luo_session_set_started (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_session_dispose (GObject *object)
{
  LuoSession *self = LUO_SESSION (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->replicator);
  g_clear_object (&self->undo);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (luo_session_parent_class)->dispose (object);
}

static void
luo_session_finalize (GObject *object)
{
  LuoSession *self = LUO_SESSION (object);

  g_clear_pointer (&self->status, luo_sync_status_free);
  g_free (self->month);
  g_free (self->office);
  g_free (self->user);
  g_free (self->server);
  g_free (self->server_user);
  G_OBJECT_CLASS (luo_session_parent_class)->finalize (object);
}

static void
luo_session_class_init (LuoSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = luo_session_get_property;
  object_class->set_property = luo_session_set_property;
  object_class->dispose = luo_session_dispose;
  object_class->finalize = luo_session_finalize;
  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, LUO_TYPE_STORE, readable);
  properties[PROP_REPLICATOR] = g_param_spec_object ("replicator", NULL, NULL, LUO_TYPE_REPLICATOR, readable);
  properties[PROP_MONTH] = g_param_spec_string ("month", NULL, NULL, NULL, writable);
  properties[PROP_OFFICE] = g_param_spec_string ("office", NULL, NULL, NULL, writable);
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL, writable);
  properties[PROP_STARTED] = g_param_spec_boolean ("started", NULL, NULL, FALSE, writable);
  properties[PROP_SAMPLE] = g_param_spec_boolean ("sample", NULL, NULL, FALSE, readable);
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, readable);
  properties[PROP_STATUS] = g_param_spec_boxed ("status", NULL, NULL, LUO_TYPE_SYNC_STATUS, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[NOTICE] = g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
luo_session_init (LuoSession *self)
{
  self->undo = luo_undo_new ();
  self->cancellable = g_cancellable_new ();
}

/* The replicator knows how it stands with the server; how much waits to be sent is asked of the replica itself, also while nothing
 * is connected or reachable. One question is under way at a time. */

static gpointer
count_spaces (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_list_spaces (store, error);
}

static void
take_counts (LuoSyncStatus *status, GPtrArray *spaces)
{
  status->pending = 0;
  for (guint i = 0; i < spaces->len; i++)
    {
      LuoSpace *space = g_ptr_array_index (spaces, i);

      status->pending += luo_space_count_pending (space);
      for (guint n = 0; status->spaces != NULL && n < status->spaces->len; n++)
        {
          LuoSpaceStatus *one = g_ptr_array_index (status->spaces, n);

          if (g_strcmp0 (one->space, space->name) == 0)
            {
              one->pending = luo_space_count_pending (space);
              one->conflicts = (guint64)space->conflicts;
            }
        }
    }
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *self = LUO_SESSION (source);
  g_autoptr (GPtrArray) spaces = luo_work_finish (result, NULL);

  self->counting = FALSE;
  if (self->replicator == NULL)
    return;
  g_clear_pointer (&self->status, luo_sync_status_free);
  self->status = luo_replicator_get_status (self->replicator);
  if (spaces != NULL)
    take_counts (self->status, spaces);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  if (self->count_again)
    luo_session_recount (self);
}

void
luo_session_recount (LuoSession *self)
{
  self->count_again = self->counting;
  if (self->counting || self->store == NULL)
    return;
  self->counting = TRUE;
  luo_work_run (self, self->store, count_spaces, NULL, NULL, (GDestroyNotify)g_ptr_array_unref,
                self->cancellable, counted_cb, NULL);
}

/* What a person chose */

LuoStore *
luo_session_get_store (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->store;
}

LuoReplicator *
luo_session_get_replicator (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->replicator;
}

const LuoSyncStatus *
luo_session_get_status (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->status;
}

const char *
luo_session_get_month (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->month;
}

static gboolean
replace_text (char **field, const char *text)
{
  if (g_strcmp0 (*field, text) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

void
luo_session_set_month (LuoSession *self, const char *month)
{
  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (month != NULL && strlen (month) == 7);

  if (!replace_text (&self->month, month))
    return;
  luo_session_keep_setting (self, "month", month);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MONTH]);
}

const char *
luo_session_get_office (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->office;
}

void
luo_session_set_office (LuoSession *self, const char *office)
{
  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (office != NULL);

  if (!replace_text (&self->office, office))
    return;
  luo_session_keep_setting (self, "office", office);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFICE]);
}

const char *
luo_session_get_user (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->user;
}

void
luo_session_set_user (LuoSession *self, const char *user)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (user != NULL && *user == '\0')
    user = NULL;
  if (!replace_text (&self->user, user))
    return;
  luo_session_keep_setting (self, "person", user);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
}

gboolean
luo_session_get_started (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), FALSE);

  return self->started;
}

void
luo_session_set_started (LuoSession *self, gboolean started)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (self->started == started)
    return;
  self->started = started;
  luo_session_keep_setting (self, "started", started ? "1" : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTED]);
}

gboolean
luo_session_get_sample (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), FALSE);

  return self->sample;
}

const char *
luo_session_get_server (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->server;
}

guint
luo_session_get_year (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), 0);

  return (guint)g_ascii_strtoull (self->month, NULL, 10);
}

char *
luo_session_get_day (LuoSession *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *month = g_date_time_format (now, "%Y-%m");
  guint year = luo_session_get_year (self);
  guint number = (guint)g_ascii_strtoull (self->month + 5, NULL, 10);

  if (strcmp (self->month, month) >= 0 || number < 1 || number > 12 || year < 1)
    return g_date_time_format (now, "%Y-%m-%d");
  return g_strdup_printf ("%s-%02u", self->month, g_date_get_days_in_month (number, (GDateYear)year));
}

LuoUndo *
luo_session_get_undo (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->undo;
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *done = luo_undo_run_finish (LUO_UNDO (source), result, &error);

  luo_session_notify_person (self, done != NULL ? done : error->message, FALSE);
}

void
luo_session_undo (LuoSession *self)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (!luo_undo_get_can_undo (self->undo))
    {
      luo_session_notify_person (self, _ ("There is nothing to take back"), FALSE);
      return;
    }
  luo_undo_run_async (self->undo, self->store, self->user != NULL ? self->user : g_get_user_name (),
                      undone_cb, g_object_ref (self));
}

void
luo_session_notify_person (LuoSession *self, const char *text, gboolean undo)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  g_signal_emit (self, signals[NOTICE], 0, text, undo);
}
