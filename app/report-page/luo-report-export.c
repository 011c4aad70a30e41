/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-monthly-report.h"
#include "luo-report-sheet.h"
#include "luo-work.h"

typedef struct
{
  char *month;  /* (owned) */
  char *office; /* (owned) */
  char *format; /* (owned) (nullable): of a file; NULL reads the report alone */
  GFile *file;  /* (owned) (nullable) */
} Request;

static Request *
request_new (LuoSession *session, const char *format, GFile *file)
{
  Request *self = g_new0 (Request, 1);

  self->month = g_strdup (luo_session_get_month (session));
  self->office = g_strdup (luo_session_get_office (session));
  self->format = g_strdup (format);
  self->file = file != NULL ? g_object_ref (file) : NULL;
  return self;
}

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->month);
  g_free (self->office);
  g_free (self->format);
  g_clear_object (&self->file);
  g_free (self);
}

/* Runs in a thread. The bytes of the report in the format asked for. */
static GBytes *
make_bytes (LuoMonthlyReport *report, const char *format, GError **error)
{
  char *text;

  if (g_str_equal (format, "pdf"))
    {
      g_autoptr (LuoReportSheet) sheet = luo_report_sheet_new (report);

      return luo_report_sheet_to_pdf (sheet, error);
    }
  text = g_str_equal (format, "csv") ? luo_monthly_report_to_csv (report)
                                     : luo_monthly_report_to_text (report);
  return g_bytes_new_take (text, strlen (text));
}

static gpointer
write_file (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;
  g_autoptr (LuoMonthlyReport) report
      = luo_monthly_report_read (store, request->month, request->office, error);
  g_autoptr (GBytes) bytes = report != NULL ? make_bytes (report, request->format, error) : NULL;
  gsize length;
  const char *start;

  if (bytes == NULL)
    return NULL;
  start = g_bytes_get_data (bytes, &length);
  if (!g_file_replace_contents (request->file, start, length, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL,
                                error))
    return NULL;
  return g_file_get_basename (request->file);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = luo_work_finish (result, &error);
  g_autofree char *text = NULL;

  if (name != NULL)
    text = g_strdup_printf (_ ("The report was written to %s"), name);
  else
    text = g_strdup_printf (_ ("The report could not be written: %s"), error->message);
  luo_session_notify_person (LUO_SESSION (source), text, FALSE);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  LuoSession *session = g_object_get_data (G_OBJECT (dialog), "session");
  const char *format = g_object_get_data (G_OBJECT (dialog), "format");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      luo_work_run (session, luo_session_get_store (session), write_file, request_new (session, format, file),
                    request_free, g_free, NULL, written_cb, NULL);
    }
  g_object_unref (dialog);
}

void
luo_report_export_ask (GtkWindow *window, LuoSession *session, const char *format)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Export the Report"), window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  const char *suffix = g_str_equal (format, "text") ? "txt" : format;
  /* Translators: name of the file of a monthly report without its ending; %s is 2020-08 */
  g_autofree char *base = g_strdup_printf (_ ("Monthly report %s"), luo_session_get_month (session));
  g_autofree char *name = g_strdup_printf ("%s.%s", base, suffix);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "session", g_object_ref (session), g_object_unref);
  g_object_set_data_full (G_OBJECT (dialog), "format", g_strdup (format), g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gpointer
read_report (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  return luo_monthly_report_read (store, request->month, request->office, error);
}

static void
draw_page_cb (GtkPrintOperation *operation, GtkPrintContext *context, int page, gpointer user_data)
{
  const LuoReportSheet *sheet = user_data;
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  double scale = MIN (gtk_print_context_get_width (context) / LUO_REPORT_SHEET_WIDTH,
                      gtk_print_context_get_height (context) / LUO_REPORT_SHEET_HEIGHT);

  cairo_scale (cr, scale, scale);
  luo_report_sheet_draw (sheet, cr, (guint)page, FALSE);
}

static void
sheet_destroyed (gpointer data, GClosure *closure)
{
  luo_report_sheet_free (data);
}

static void
print_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *session = LUO_SESSION (source);
  g_autoptr (GtkWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoMonthlyReport) report = luo_work_finish (result, &error);
  g_autoptr (GtkPrintOperation) operation = NULL;
  g_autoptr (GtkPageSetup) setup = NULL;
  g_autoptr (GtkPaperSize) paper = NULL;
  LuoReportSheet *sheet;

  if (report == NULL)
    {
      luo_session_notify_person (session, error->message, FALSE);
      return;
    }
  operation = gtk_print_operation_new ();
  setup = gtk_page_setup_new ();
  paper = gtk_paper_size_new (GTK_PAPER_NAME_A4);
  gtk_page_setup_set_paper_size (setup, paper);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_job_name (operation, report->title);
  gtk_print_operation_set_use_full_page (operation, TRUE);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_allow_async (operation, TRUE);
  sheet = luo_report_sheet_new (report);
  gtk_print_operation_set_n_pages (operation, (int)luo_report_sheet_get_n_pages (sheet));
  g_signal_connect_data (operation, "draw-page", G_CALLBACK (draw_page_cb), sheet, sheet_destroyed, 0);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window, &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR)
    luo_session_notify_person (session, error->message, FALSE);
}

void
luo_report_print (GtkWindow *window, LuoSession *session)
{
  luo_work_run (session, luo_session_get_store (session), read_report, request_new (session, NULL, NULL),
                request_free, (GDestroyNotify)luo_monthly_report_free, NULL, print_read_cb,
                window != NULL ? g_object_ref (window) : NULL);
}
