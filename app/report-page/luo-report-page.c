/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-page.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-columns.h"
#include "luo-format.h"
#include "luo-report-data.h"
#include "luo-report-export.h"
#include "luo-report-sheet.h"
#include "luo-sheet-view.h"

/* From this width of the page on, the notes stand beside the sheet. */
#define ASIDE_FROM 780
#define ASIDE_WIDTH 264

struct _LuoReportPage
{
  LuoMonthPage parent_instance;

  LuoSheetView *view;
  GtkBox *notes;
  LuoReportSheet *sheet; /* (owned) (nullable): what @view shows */
};

G_DEFINE_FINAL_TYPE (LuoReportPage, luo_report_page, LUO_TYPE_MONTH_PAGE)

static gpointer
luo_report_page_read (LuoStore *store, const LuoMonthRequest *request, GError **error)
{
  return luo_report_data_read (store, request->month, request->office, error);
}

static void
open_task_cb (GtkButton *button, LuoReportPage *self)
{
  luo_page_open_record (LUO_PAGE (self), g_object_get_data (G_OBJECT (button), "task"));
}

/* A line with what is the matter, and a button that opens its task. */
static GtkWidget *
build_note (LuoReportPage *self, const char *colour, const char *title, const char *subtitle,
            const char *task_id)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *dot = luo_build_dot (colour);
  GtkWidget *button = gtk_button_new_with_label (C_ ("button", "Open"));
  g_autofree char *name = g_strdup_printf (_ ("Open: %s"), title);

  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (texts), luo_build_text (title, NULL));
  if (subtitle != NULL)
    gtk_box_append (GTK_BOX (texts), luo_build_text (subtitle, "caption dim-label"));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  luo_build_set_name (button, name);
  g_object_set_data_full (G_OBJECT (button), "task", g_strdup (task_id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (open_task_cb), self, 0);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
add_checks (LuoReportPage *self, const LuoReportData *data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  guint checked = data->agreeing + data->ignored + data->mismatches->len;
  g_autofree char *agree = NULL;
  g_autofree char *ignored = NULL;

  if (data->mismatches->len > 0)
    {
      GtkWidget *list = luo_build_list ();

      for (guint i = 0; i < data->mismatches->len; i++)
        {
          const LuoReportMismatch *mismatch = g_ptr_array_index (data->mismatches, i);
          g_autofree char *title = g_strdup_printf ("%u · %s", mismatch->number, mismatch->indicator);
          /* Translators: a figure in the text and the reading it contradicts, each with its unit */
          g_autofree char *subtitle = g_strdup_printf (_ ("%1$s in the text, %2$s reported"),
                                                       mismatch->written, mismatch->reported);

          gtk_list_box_append (GTK_LIST_BOX (list),
                               build_note (self, "red", title, subtitle, mismatch->task_id));
        }
      gtk_box_append (GTK_BOX (box), list);
    }
  if (checked > 0)
    {
      agree = g_strdup_printf (ngettext ("%1$u figure checked, %2$u as reported.",
                                         "%1$u figures checked, %2$u as reported.", checked),
                               checked, data->agreeing);
      if (data->ignored > 0)
        ignored = g_strdup_printf (
            ngettext ("%u difference was dismissed.", "%u differences were dismissed.", data->ignored),
            data->ignored);
    }
  else
    agree = g_strdup (_ ("The text gives no figure that could be held against a reading."));
  gtk_box_append (GTK_BOX (box), luo_build_text (agree, "dim-label"));
  if (ignored != NULL)
    gtk_box_append (GTK_BOX (box), luo_build_text (ignored, "dim-label"));
  gtk_box_append (self->notes, luo_build_group (_ ("Figures checked"), box));
}

static void
add_changes (LuoReportPage *self, const LuoReportData *data, const char *month)
{
  g_autofree char *before = luo_month_shift (month, -1);
  g_autofree char *name = luo_format_month_short (before);
  /* Translators: heading; %s is last month, "7月" */
  g_autofree char *heading = g_strdup_printf (_ ("Compared with %s"), name);
  g_autofree char *text = g_strdup_printf (
      _ ("%1$u with news, %2$u unchanged. News stands on a green ground here, not on paper."), data->changed,
      data->same);

  gtk_box_append (self->notes, luo_build_group (heading, luo_build_text (text, "dim-label")));
}

static void
add_missing (LuoReportPage *self, const LuoReportData *data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *list = luo_build_list ();
  g_autoptr (GString) offices = g_string_new (NULL);

  for (guint i = 0; i < data->report->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (data->report->rows, i);
      gboolean draft = g_strcmp0 (row->state, "draft") == 0 || g_strcmp0 (row->state, "returned") == 0;
      g_autofree char *title = g_strdup_printf ("%u · %s", row->number, row->title);

      if (row->missing || draft)
        gtk_list_box_append (
            GTK_LIST_BOX (list),
            build_note (self, row->missing ? "red" : "amber", title,
                        row->missing ? _ ("Nothing written for the month yet") : _ ("Not submitted yet"),
                        row->task_id));
    }
  if (data->missing + data->drafts > 0)
    gtk_box_append (GTK_BOX (box), list);
  else
    {
      g_object_ref_sink (list);
      g_object_unref (list);
      gtk_box_append (GTK_BOX (box),
                      luo_build_text (_ ("Every task is written and submitted."), "dim-label"));
    }
  for (guint i = 0; i < data->report->missing_offices->len; i++)
    g_string_append_printf (offices, "%s%s", i > 0 ? "、" : "",
                            luo_format_office (g_ptr_array_index (data->report->missing_offices, i)));
  if (offices->len > 0)
    {
      g_autofree char *text = g_strdup_printf (_ ("No progress from: %s"), offices->str);

      gtk_box_append (GTK_BOX (box), luo_build_text (text, "dim-label"));
    }
  gtk_box_append (self->notes, luo_build_group (_ ("Still missing"), box));
}

static void
add_actions (LuoReportPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *print = gtk_button_new_with_mnemonic (_ ("_Print"));
  GtkWidget *export = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_add_css_class (print, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (print), "report.print");
  gtk_box_append (GTK_BOX (box), print);
  g_menu_append (menu, _ ("As PDF"), "report.export::pdf");
  g_menu_append (menu, _ ("As CSV"), "report.export::csv");
  g_menu_append (menu, _ ("As Text"), "report.export::text");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (export), _ ("Export"));
  luo_build_set_name (export, _ ("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (export), G_MENU_MODEL (menu));
  gtk_box_append (GTK_BOX (box), export);
  gtk_box_append (self->notes, box);
}

static void
luo_report_page_show (LuoMonthPage *page, gconstpointer shown)
{
  LuoReportPage *self = LUO_REPORT_PAGE (page);
  const LuoReportData *data = shown;
  g_autoptr (LuoReportSheet) before = self->sheet;
  g_autofree char *text = luo_monthly_report_to_text (data->report);
  const char *month = luo_page_get_month (LUO_PAGE (self));
  g_autofree char *month_text = luo_format_month (month);
  g_autofree char *subtitle = NULL;

  self->sheet = luo_report_sheet_new (data->report);
  luo_sheet_view_set_sheet (self->view, self->sheet);
  /* The sheet is a drawing: its words are told to those who can not see it. */
  luo_build_set_name (GTK_WIDGET (self->view), data->report->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);

  luo_build_clear (GTK_WIDGET (self->notes));
  add_actions (self);
  add_checks (self, data);
  add_changes (self, data, month);
  add_missing (self, data);
  subtitle = luo_format_join (
      month_text, luo_format_office (luo_session_get_office (luo_page_get_session (LUO_PAGE (self)))),
      data->missing + data->drafts > 0 ? _ ("Draft") : NULL, NULL);
  luo_page_set_subtitle (LUO_PAGE (self), subtitle);
  luo_month_page_show_content (page);
}

static void
luo_report_page_fail (LuoMonthPage *page, const GError *error)
{
  luo_page_set_subtitle (LUO_PAGE (page), NULL);
  if (g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    luo_month_page_show_nothing (
        page, _ ("No Target Tasks This Year"),
        _ ("Once there are target tasks, their progress of the month makes the report."));
  else
    luo_month_page_show_nothing (page, _ ("The Report Can Not Be Read"), error->message);
}

static void
print_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkRoot *root = gtk_widget_get_root (user_data);

  luo_report_print (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, luo_page_get_session (user_data));
}

static void
export_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkRoot *root = gtk_widget_get_root (user_data);

  luo_report_export_ask (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, luo_page_get_session (user_data),
                         g_variant_get_string (parameter, NULL));
}

static void
add_shortcut (LuoReportPage *self, const char *trigger, const char *action)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_MANAGED);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), gtk_named_action_new (action)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
luo_report_page_dispose (GObject *object)
{
  LuoReportPage *self = LUO_REPORT_PAGE (object);

  if (self->view != NULL)
    luo_sheet_view_set_sheet (self->view, NULL);
  self->view = NULL;
  g_clear_pointer (&self->sheet, luo_report_sheet_free);
  G_OBJECT_CLASS (luo_report_page_parent_class)->dispose (object);
}

static void
luo_report_page_class_init (LuoReportPageClass *klass)
{
  LuoMonthPageClass *month_class = LUO_MONTH_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_report_page_dispose;
  month_class->read = luo_report_page_read;
  month_class->data_free = (GDestroyNotify)luo_report_data_free;
  month_class->show = luo_report_page_show;
  month_class->fail = luo_report_page_fail;
}

static void
luo_report_page_init (LuoReportPage *self)
{
  const GActionEntry entries[] = { { "print", print_action }, { "export", export_action, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  GtkWidget *scrolled, *columns;

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "report", G_ACTION_GROUP (actions));
  add_shortcut (self, "<Control>p", "report.print");

  self->view = LUO_SHEET_VIEW (luo_sheet_view_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->view), GTK_ALIGN_START);
  self->notes = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  columns = luo_columns_new_with_aside (GTK_WIDGET (self->view), GTK_WIDGET (self->notes), ASIDE_FROM,
                                        ASIDE_WIDTH);
  gtk_widget_add_css_class (columns, "page-box");
  scrolled = luo_build_scrolled (columns);
  gtk_widget_add_css_class (scrolled, "desk");

  luo_month_page_set_content (LUO_MONTH_PAGE (self), scrolled, "x-office-document-symbolic");
}
