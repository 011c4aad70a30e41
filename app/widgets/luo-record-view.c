/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-history-view.h"
#include "luo-receipt.h"

/* Soon enough for a person who waits for it. */
#define REFRESH_AFTER_MS 200

typedef struct
{
  LuoSession *session;       /* (owned) */
  LuoDocument *document;     /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of the read that is under way */
  GtkWidget *outer;
  GtkWidget *box;
  GtkWidget *stuck; /* why the server does not take the record; hidden where it does */
  GtkWidget *history;
  guint refresh_source;
} LuoRecordViewPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LuoRecordView, luo_record_view, ADW_TYPE_BIN)

enum
{
  PROP_SESSION = 1,
  N_PROPS,
};

enum
{
  OPEN_RECORD,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static LuoRecordViewPrivate *
get_private (LuoRecordView *self)
{
  return luo_record_view_get_instance_private (self);
}

static void
request_free (gpointer data)
{
  LuoViewRequest *request = data;

  luo_document_unref (request->document);
  g_free (request->month);
  g_free (request->office);
  g_free (request->day);
  g_free (request);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordView *self = LUO_RECORD_VIEW (source);
  LuoRecordViewPrivate *priv = get_private (self);
  g_autoptr (GError) error = NULL;
  gpointer data = luo_work_finish (result, &error);

  if (error != NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          && gtk_widget_get_mapped (GTK_WIDGET (self)))
        g_warning ("A record could not be shown: %s", error->message);
      return;
    }
  if (priv->document != NULL)
    LUO_RECORD_VIEW_GET_CLASS (self)->build (self, GTK_BOX (priv->box), data);
  if (data != NULL)
    LUO_RECORD_VIEW_GET_CLASS (self)->read_free (data);
}

/* What the server holds of the record */

static gpointer
read_receipt (LuoStore *store, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) receipts = luo_receipt_of (store, data, error);

  /* The first is of the record. */
  return receipts != NULL ? g_ptr_array_steal_index (receipts, 0) : NULL;
}

static void
receipt_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordViewPrivate *priv = get_private (LUO_RECORD_VIEW (source));
  g_autoptr (LuoReceipt) receipt = luo_work_finish (result, NULL);
  gboolean stuck = receipt != NULL && receipt->state == LUO_RECEIPT_REFUSED && priv->document != NULL
                   && g_strcmp0 (receipt->id, luo_document_get_id (priv->document)) == 0;

  gtk_widget_set_visible (priv->stuck, stuck);
  luo_build_clear (priv->stuck);
  if (!stuck)
    return;
  gtk_box_append (GTK_BOX (priv->stuck), luo_build_text (receipt->reason, "heading"));
  gtk_box_append (GTK_BOX (priv->stuck), luo_build_text (receipt->advice, NULL));
  if (receipt->said != NULL)
    {
      g_autofree char *said = g_strdup_printf (_ ("The server says: %s"), receipt->said);

      gtk_box_append (GTK_BOX (priv->stuck), luo_build_text (said, "dim-label"));
    }
}

static void
refresh_receipt (LuoRecordView *self)
{
  LuoRecordViewPrivate *priv = get_private (self);

  if (!luo_document_get_pending (priv->document))
    {
      gtk_widget_set_visible (priv->stuck, FALSE);
      return;
    }
  luo_work_run (self, luo_session_get_store (priv->session), read_receipt, luo_document_ref (priv->document),
                (GDestroyNotify)luo_document_unref, (GDestroyNotify)luo_receipt_free, NULL, receipt_read_cb,
                NULL);
}

/* The edits of the record, and of what is shown with it. */
static void
refresh_history (LuoRecordView *self)
{
  LuoRecordViewPrivate *priv = get_private (self);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_strdup (luo_document_get_id (priv->document)));
  if (LUO_RECORD_VIEW_GET_CLASS (self)->add_shown != NULL)
    LUO_RECORD_VIEW_GET_CLASS (self)->add_shown (self, ids);
  g_ptr_array_add (ids, NULL);
  luo_history_view_show (LUO_HISTORY_VIEW (priv->history), luo_document_get_space (priv->document),
                         (const char *const *)ids->pdata);
}

void
luo_record_view_refresh (LuoRecordView *self)
{
  LuoRecordViewPrivate *priv;
  LuoRecordViewClass *klass;
  LuoViewRequest *request;

  g_return_if_fail (LUO_IS_RECORD_VIEW (self));

  priv = get_private (self);
  klass = LUO_RECORD_VIEW_GET_CLASS (self);
  if (priv->document == NULL)
    return;
  refresh_receipt (self);
  refresh_history (self);
  if (klass->read == NULL)
    {
      klass->build (self, GTK_BOX (priv->box), NULL);
      return;
    }
  if (priv->cancellable != NULL)
    g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  request = g_new0 (LuoViewRequest, 1);
  request->document = luo_document_ref (priv->document);
  request->month = g_strdup (luo_session_get_month (priv->session));
  request->office = g_strdup (luo_session_get_office (priv->session));
  request->day = luo_session_get_day (priv->session);
  luo_work_run (self, luo_session_get_store (priv->session), klass->read, request, request_free,
                klass->read_free, priv->cancellable, read_cb, NULL);
}

static gboolean
refresh_cb (gpointer user_data)
{
  get_private (user_data)->refresh_source = 0;
  luo_record_view_refresh (user_data);
  return G_SOURCE_REMOVE;
}

/* While many records arrive the view is built anew now and then, not for each of them. */
static void
store_changed_cb (LuoRecordView *self)
{
  LuoRecordViewPrivate *priv = get_private (self);

  if (priv->document != NULL && priv->refresh_source == 0)
    priv->refresh_source = g_timeout_add (REFRESH_AFTER_MS, refresh_cb, self);
}

static void
luo_record_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SESSION:
      get_private (LUO_RECORD_VIEW (object))->session = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_record_view_constructed (GObject *object)
{
  LuoRecordView *self = LUO_RECORD_VIEW (object);
  LuoRecordViewPrivate *priv = get_private (self);

  G_OBJECT_CLASS (luo_record_view_parent_class)->constructed (object);
  priv->history = luo_history_view_new (priv->session);
  gtk_widget_add_css_class (priv->history, "page-foot");
  gtk_box_append (GTK_BOX (priv->outer), priv->history);
  g_signal_connect_object (priv->session, "notify::month", G_CALLBACK (luo_record_view_refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->session, "notify::office", G_CALLBACK (luo_record_view_refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (luo_session_get_store (priv->session), "changed", G_CALLBACK (store_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

static void
luo_record_view_dispose (GObject *object)
{
  LuoRecordViewPrivate *priv = get_private (LUO_RECORD_VIEW (object));

  if (priv->cancellable != NULL)
    g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_handle_id (&priv->refresh_source, g_source_remove);
  g_clear_pointer (&priv->document, luo_document_unref);
  G_OBJECT_CLASS (luo_record_view_parent_class)->dispose (object);
}

static void
luo_record_view_finalize (GObject *object)
{
  g_clear_object (&get_private (LUO_RECORD_VIEW (object))->session);
  G_OBJECT_CLASS (luo_record_view_parent_class)->finalize (object);
}

static void
luo_record_view_class_init (LuoRecordViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = luo_record_view_set_property;
  object_class->constructed = luo_record_view_constructed;
  object_class->dispose = luo_record_view_dispose;
  object_class->finalize = luo_record_view_finalize;
  properties[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, LUO_TYPE_SESSION,
                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[OPEN_RECORD] = g_signal_new ("open-record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
luo_record_view_init (LuoRecordView *self)
{
  LuoRecordViewPrivate *priv = get_private (self);
  GtkWidget *clamp = adw_clamp_new ();

  priv->outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  priv->stuck = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (priv->stuck, "stuck");
  luo_build_set_name (priv->stuck, _ ("The server did not take the record"));
  gtk_widget_set_visible (priv->stuck, FALSE);
  priv->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (priv->box, "page-box");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1000);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 800);
  gtk_box_append (GTK_BOX (priv->outer), priv->stuck);
  gtk_box_append (GTK_BOX (priv->outer), priv->box);
  adw_clamp_set_child (ADW_CLAMP (clamp), priv->outer);
  adw_bin_set_child (ADW_BIN (self), clamp);
}

LuoSession *
luo_record_view_get_session (LuoRecordView *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_VIEW (self), NULL);

  return get_private (self)->session;
}

LuoDocument *
luo_record_view_get_document (LuoRecordView *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_VIEW (self), NULL);

  return get_private (self)->document;
}

void
luo_record_view_set_document (LuoRecordView *self, LuoDocument *document)
{
  LuoRecordViewPrivate *priv;

  g_return_if_fail (LUO_IS_RECORD_VIEW (self));
  g_return_if_fail (document != NULL);

  priv = get_private (self);
  if (priv->document != document)
    {
      g_clear_pointer (&priv->document, luo_document_unref);
      priv->document = luo_document_ref (document);
    }
  luo_record_view_refresh (self);
}

void
luo_record_view_open_record (LuoRecordView *self, const char *id)
{
  g_return_if_fail (LUO_IS_RECORD_VIEW (self));

  g_signal_emit (self, signals[OPEN_RECORD], 0, id);
}
