/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-exchange-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-bundle.h"
#include "luo-conflict-merger.h"
#include "luo-work.h"

#define MIN_PASSPHRASE 8

struct _LuoExchangeDialog
{
  AdwWindow parent_instance;

  GtkWidget *go_button;
  GtkWidget *fields;
  GtkLabel *explanation;
  AdwActionRow *file_row;
  GtkEditable *recipient_row;
  GtkEditable *passphrase_row;
  GtkEditable *again_row;
  GtkLabel *own_number;
  GtkLabel *message;
  GtkSpinner *spinner;

  LuoSession *session;           /* (owned) */
  GCancellable *cancellable;     /* (owned) */
  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
  char *path;                    /* (owned) (nullable) */
  gboolean exports;
};

G_DEFINE_FINAL_TYPE (LuoExchangeDialog, luo_exchange_dialog, ADW_TYPE_WINDOW)

static void
set_busy (LuoExchangeDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->go_button, !busy);
}

static void
show_message (LuoExchangeDialog *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

/* The work, in a thread */

typedef struct
{
  gboolean exports;
  char *path, *to, *passphrase; /* (owned); to (nullable) */
  GCancellable *cancellable;    /* (owned) */
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *self = data;

  g_free (self->path);
  g_free (self->to);
  explicit_bzero (self->passphrase, strlen (self->passphrase));
  g_free (self->passphrase);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Returns: what to tell the person */
static gpointer
exchange_in_thread (LuoStore *store, gpointer data, GError **error)
{
  Exchange *self = data;
  LuoBundleOptions options
      = { .passphrase = self->passphrase, .to = self->to, .prefix = "", .create_spaces = !self->exports };
  g_autoptr (LuoBundleReport) report
      = self->exports ? luo_bundle_export (store, self->path, &options, self->cancellable, error)
                      : luo_bundle_import (store, self->path, &options, self->cancellable, error);
  guint64 merged = 0, left = 0;

  if (report == NULL)
    return NULL;
  if (self->exports)
    /* Translators: the versions of records and the files (photos) that an exchange file holds */
    return g_strdup_printf (_ ("Exchange file written: %lu versions, %lu files"), (gulong)report->versions,
                            (gulong)report->attachments);
  if (!luo_conflict_merge_all (store, &merged, &left, error))
    return NULL;
  if (report->refused->len > 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("Taken in but for %u records. %s"),
                   report->refused->len, (const char *)report->refused->pdata[0]);
      return NULL;
    }
  return g_strdup_printf (_ ("Taken in: %lu versions, %lu files; in conflict %lu"), (gulong)report->versions,
                          (gulong)report->attachments, (gulong)left);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoExchangeDialog *self = LUO_EXCHANGE_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = luo_work_finish (result, &error);

  if (text != NULL)
    {
      luo_session_notify_person (self->session, text, FALSE);
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  show_message (self, error != NULL ? error->message : "");
}

static void
go_clicked_cb (LuoExchangeDialog *self)
{
  const char *to = gtk_editable_get_text (self->recipient_row);
  Exchange *exchange;

  if (self->exports
      && strcmp (gtk_editable_get_text (self->passphrase_row), gtk_editable_get_text (self->again_row)) != 0)
    {
      show_message (self, _ ("The two passphrases are not the same"));
      return;
    }
  exchange = g_new0 (Exchange, 1);
  exchange->exports = self->exports;
  exchange->path = g_strdup (self->path);
  exchange->to = self->exports && *to != '\0' ? g_strstrip (g_strdup (to)) : NULL;
  exchange->passphrase = g_strdup (gtk_editable_get_text (self->passphrase_row));
  exchange->cancellable = g_object_ref (self->cancellable);
  show_message (self, NULL);
  set_busy (self, TRUE);
  luo_work_run (self, luo_session_get_store (self->session), exchange_in_thread, exchange, exchange_free,
                g_free, NULL, done_cb, NULL);
}

/* What is typed and chosen */

static gboolean
recipient_is_valid (LuoExchangeDialog *self)
{
  g_autofree char *to = g_strstrip (g_strdup (gtk_editable_get_text (self->recipient_row)));
  gsize length = strspn (to, "0123456789abcdef");

  return *to == '\0' || (length == 32 && to[length] == '\0');
}

static void
changed_cb (LuoExchangeDialog *self)
{
  gboolean long_enough = g_utf8_strlen (gtk_editable_get_text (self->passphrase_row), -1) >= MIN_PASSPHRASE;
  gboolean again = !self->exports || *gtk_editable_get_text (self->again_row) != '\0';

  gtk_widget_set_sensitive (self->go_button,
                            self->path != NULL && long_enough && again && recipient_is_valid (self));
}

static void
chosen_cb (LuoExchangeDialog *self, int response, GtkFileChooser *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
      g_autofree char *shown = g_file_get_parse_name (file);

      g_free (self->path);
      self->path = g_file_get_path (file);
      adw_action_row_set_subtitle (self->file_row, shown);
      show_message (self, self->path == NULL ? _ ("The file must be on this machine or on a stick") : NULL);
      changed_cb (self);
    }
  g_clear_object (&self->chooser);
}

static void
choose_clicked_cb (LuoExchangeDialog *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "luoshi-%Y-%m-%d.luoshix");
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      gtk_window_get_title (GTK_WINDOW (self)), GTK_WINDOW (self),
      self->exports ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_filter_set_name (filter, _ ("Exchange files"));
  gtk_file_filter_add_pattern (filter, "*.luoshix");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  if (self->exports)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
luo_exchange_dialog_close_request (GtkWindow *window)
{
  g_cancellable_cancel (LUO_EXCHANGE_DIALOG (window)->cancellable);
  return GTK_WINDOW_CLASS (luo_exchange_dialog_parent_class)->close_request (window);
}

static void
luo_exchange_dialog_dispose (GObject *object)
{
  LuoExchangeDialog *self = LUO_EXCHANGE_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->path, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), LUO_TYPE_EXCHANGE_DIALOG);
  G_OBJECT_CLASS (luo_exchange_dialog_parent_class)->dispose (object);
}

static void
luo_exchange_dialog_class_init (LuoExchangeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_exchange_dialog_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = luo_exchange_dialog_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/luoshi/Luoshi/luo-exchange-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, go_button);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, fields);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, explanation);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, recipient_row);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, passphrase_row);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, again_row);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, own_number);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, message);
  gtk_widget_class_bind_template_child (widget_class, LuoExchangeDialog, spinner);
  gtk_widget_class_bind_template_callback (widget_class, go_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
luo_exchange_dialog_init (LuoExchangeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

LuoExchangeDialog *
luo_exchange_dialog_new (GtkWindow *parent, LuoSession *session, gboolean exports)
{
  LuoExchangeDialog *self = g_object_new (LUO_TYPE_EXCHANGE_DIALOG, "transient-for", parent, NULL);
  g_autofree char *number = NULL;

  self->session = g_object_ref (session);
  self->exports = exports;
  gtk_window_set_title (GTK_WINDOW (self),
                        exports ? _ ("Export an Exchange File") : _ ("Import an Exchange File"));
  gtk_button_set_label (GTK_BUTTON (self->go_button), exports ? _ ("Export") : _ ("Import"));
  gtk_label_set_label (self->explanation, exports
                                              ? _ ("Where there is no network, records reconcile by a file "
                                                   "on a stick. It is sealed: tell the passphrase on "
                                                   "another way, by telephone for instance.")
                                              : _ ("What is in the file is put together with what is here. "
                                                   "It is checked first; nothing that is here gets "
                                                   "lost."));
  /* Translators: %s is the long number by which another machine names this one when it exports a file for it */
  number = g_strdup_printf (_ ("Number of this machine: %s"),
                            luo_store_get_uuid (luo_session_get_store (session)));
  gtk_label_set_label (self->own_number, number);
  gtk_widget_set_visible (GTK_WIDGET (self->recipient_row), exports);
  gtk_widget_set_visible (GTK_WIDGET (self->again_row), exports);
  adw_action_row_set_subtitle (self->file_row, _ ("None chosen"));
  changed_cb (self);
  return self;
}
