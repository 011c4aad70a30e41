/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-list-total.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-list-condition.h"
#include "luo-money.h"
#include "luo-work.h"

struct _LuoListTotal
{
  AdwBin parent_instance;

  const LuoRecordType *type;
  char *column; /* (owned) (nullable) */
  char *items;  /* (owned) (nullable) */
  GtkLabel *label;
  GCancellable *reading; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoListTotal, luo_list_total, ADW_TYPE_BIN)

static gboolean
is_amount (LuoKind kind)
{
  return kind == LUO_KIND_MONEY || kind == LUO_KIND_INTEGER;
}

gint64
luo_list_total_read (LuoStore *store, const LuoQuery *query, const char *column, LuoKind kind, GError **error)
{
  const char *const none[] = { NULL };
  const char *const sums[] = { column, NULL };
  g_autoptr (GPtrArray) groups = NULL;
  g_auto (GStrv) values = NULL;

  if (strcmp (column, "key") == 0)
    return luo_store_count (store, query, error);
  if (is_amount (kind))
    {
      groups = luo_store_group (store, query, none, sums, error);
      if (groups == NULL)
        return -1;
      return groups->len > 0 ? ((LuoGroup *)g_ptr_array_index (groups, 0))->sums[0] : 0;
    }
  values = g_strsplit (column, ",", -1);
  groups = luo_store_group (store, query, (const char *const *)values, none, error);
  return groups != NULL ? (gint64)groups->len : -1;
}

/* Reading */

typedef struct
{
  LuoQuery *query; /* (owned) */
  char *column;    /* (owned) */
  LuoKind kind;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  luo_query_free (request->query);
  g_free (request->column);
  g_free (request);
}

static gpointer
read_total (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;
  gint64 total = luo_list_total_read (store, request->query, request->column, request->kind, error);

  return total >= 0 || *error == NULL ? g_memdup2 (&total, sizeof total) : NULL;
}

/* The column as the query calls it. */
static const char *
column_of_query (LuoListTotal *self)
{
  return self->items != NULL ? self->column + strlen (self->items) + 1 : self->column;
}

static LuoKind
kind_of (LuoListTotal *self)
{
  const LuoMember *member = luo_list_condition_member (self->type, self->column);
  const LuoDerived *derived = luo_record_type_derived (self->type, self->column);

  return member != NULL ? member->kind : derived != NULL ? derived->kind : LUO_KIND_TEXT;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoListTotal *self = LUO_LIST_TOTAL (source);
  g_autofree gint64 *total = luo_work_finish (result, NULL);
  const char *last;
  g_autofree char *number = NULL;
  g_autofree char *text = NULL;

  if (total == NULL || self->column == NULL)
    return;
  last = strrchr (self->column, ',');
  number = kind_of (self) == LUO_KIND_MONEY ? luo_money_format (*total) : luo_format_integer (*total);
  /* Translators: above a list: what its records add up to: 1: "Attendances", 2: the number */
  text = g_strdup_printf (_ ("%1$s: %2$s"),
                          luo_list_condition_label (self->type, g_str_has_suffix (self->column, "/key")
                                                                    ? self->items
                                                                : last != NULL ? last + 1
                                                                               : self->column),
                          number);
  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
cancel (LuoListTotal *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

static void
luo_list_total_dispose (GObject *object)
{
  cancel (LUO_LIST_TOTAL (object));
  G_OBJECT_CLASS (luo_list_total_parent_class)->dispose (object);
}

static void
luo_list_total_finalize (GObject *object)
{
  LuoListTotal *self = LUO_LIST_TOTAL (object);

  g_free (self->column);
  g_free (self->items);
  G_OBJECT_CLASS (luo_list_total_parent_class)->finalize (object);
}

static void
luo_list_total_class_init (LuoListTotalClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_list_total_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_list_total_finalize;
}

static void
luo_list_total_init (LuoListTotal *self)
{
  self->label = GTK_LABEL (luo_build_text (NULL, "caption numeric dim-label"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
  gtk_widget_add_css_class (GTK_WIDGET (self), "list-total");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
luo_list_total_new (const char *record_type)
{
  LuoListTotal *self = g_object_new (LUO_TYPE_LIST_TOTAL, NULL);

  self->type = luo_record_type_find (record_type);
  return GTK_WIDGET (self);
}

void
luo_list_total_set_column (LuoListTotal *self, const char *column)
{
  const char *slash = column != NULL ? strchr (column, '/') : NULL;

  g_return_if_fail (LUO_IS_LIST_TOTAL (self));

  cancel (self);
  g_free (self->column);
  g_free (self->items);
  self->column = g_strdup (column);
  self->items = slash != NULL ? g_strndup (column, (gsize)(slash - column)) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

const char *
luo_list_total_get_items (LuoListTotal *self)
{
  g_return_val_if_fail (LUO_IS_LIST_TOTAL (self), NULL);

  return self->items;
}

void
luo_list_total_set_query (LuoListTotal *self, LuoStore *store, LuoQuery *query)
{
  Request *request;

  g_return_if_fail (LUO_IS_LIST_TOTAL (self));
  g_return_if_fail (query != NULL);

  cancel (self);
  if (self->column == NULL)
    {
      luo_query_free (query);
      return;
    }
  self->reading = g_cancellable_new ();
  request = g_new0 (Request, 1);
  request->query = query;
  request->column = g_strdup (column_of_query (self));
  request->kind = kind_of (self);
  luo_work_run (self, store, read_total, request, request_free, g_free, self->reading, read_cb, NULL);
}
