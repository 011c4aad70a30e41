/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-page.h"

typedef struct
{
  LuoSession *session;   /* (owned) */
  char *title;           /* (owned) (nullable) */
  char *subtitle;        /* (owned) (nullable) */
  GtkWidget *header_end; /* (owned) (nullable) */
  guint refresh_source;
  gboolean stale;
  gboolean can_go_back;
} LuoPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LuoPage, luo_page, ADW_TYPE_BIN)

enum
{
  PROP_SESSION = 1,
  PROP_STORE,
  PROP_MONTH,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_CAN_GO_BACK,
  PROP_HEADER_END,
  N_PROPS,
};

enum
{
  OPEN_RECORD,
  OPEN_LIST,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static LuoPagePrivate *
get_private (LuoPage *self)
{
  return luo_page_get_instance_private (self);
}

static gboolean
refresh_cb (gpointer user_data)
{
  LuoPage *self = user_data;
  LuoPagePrivate *priv = get_private (self);

  priv->refresh_source = 0;
  priv->stale = FALSE;
  if (LUO_PAGE_GET_CLASS (self)->refresh != NULL)
    LUO_PAGE_GET_CLASS (self)->refresh (self);
  return G_SOURCE_REMOVE;
}

void
luo_page_queue_refresh (LuoPage *self)
{
  LuoPagePrivate *priv;

  g_return_if_fail (LUO_IS_PAGE (self));

  priv = get_private (self);
  priv->stale = TRUE;
  if (priv->refresh_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    priv->refresh_source = g_idle_add (refresh_cb, self);
}

static void
month_changed_cb (LuoPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MONTH]);
  luo_page_queue_refresh (self);
}

static void
luo_page_map (GtkWidget *widget)
{
  LuoPage *self = LUO_PAGE (widget);
  LuoPagePrivate *priv = get_private (self);

  GTK_WIDGET_CLASS (luo_page_parent_class)->map (widget);
  if (priv->stale)
    luo_page_queue_refresh (self);
}

static void
luo_page_constructed (GObject *object)
{
  LuoPage *self = LUO_PAGE (object);
  LuoPagePrivate *priv = get_private (self);

  G_OBJECT_CLASS (luo_page_parent_class)->constructed (object);
  priv->stale = TRUE;
  g_signal_connect_object (luo_session_get_store (priv->session), "changed",
                           G_CALLBACK (luo_page_queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->session, "notify::month", G_CALLBACK (month_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->session, "notify::office", G_CALLBACK (luo_page_queue_refresh), self,
                           G_CONNECT_SWAPPED);
}

static void
luo_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoPage *self = LUO_PAGE (object);
  LuoPagePrivate *priv = get_private (self);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_STORE:
      g_value_set_object (value, luo_page_get_store (self));
      break;
    case PROP_MONTH:
      g_value_set_string (value, luo_page_get_month (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, priv->can_go_back);
      break;
    case PROP_HEADER_END:
      g_value_set_object (value, priv->header_end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LuoPage *self = LUO_PAGE (object);
  LuoPagePrivate *priv = get_private (self);

  switch (id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      luo_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      luo_page_set_subtitle (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_page_dispose (GObject *object)
{
  LuoPagePrivate *priv = get_private (LUO_PAGE (object));

  g_clear_handle_id (&priv->refresh_source, g_source_remove);
  g_clear_object (&priv->header_end);
  G_OBJECT_CLASS (luo_page_parent_class)->dispose (object);
}

static void
luo_page_finalize (GObject *object)
{
  LuoPagePrivate *priv = get_private (LUO_PAGE (object));

  g_clear_object (&priv->session);
  g_free (priv->title);
  g_free (priv->subtitle);
  G_OBJECT_CLASS (luo_page_parent_class)->finalize (object);
}

static void
luo_page_class_init (LuoPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = luo_page_constructed;
  object_class->get_property = luo_page_get_property;
  object_class->set_property = luo_page_set_property;
  object_class->dispose = luo_page_dispose;
  object_class->finalize = luo_page_finalize;
  widget_class->map = luo_page_map;
  properties[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, LUO_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, LUO_TYPE_STORE, readable);
  properties[PROP_MONTH] = g_param_spec_string ("month", NULL, NULL, NULL, readable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, writable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, writable);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, readable);
  properties[PROP_HEADER_END] = g_param_spec_object ("header-end", NULL, NULL, GTK_TYPE_WIDGET, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[OPEN_RECORD] = g_signal_new ("open-record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPEN_LIST] = g_signal_new ("open-list", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRV);
}

static void
luo_page_init (LuoPage *self)
{
}

LuoSession *
luo_page_get_session (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), NULL);

  return get_private (self)->session;
}

LuoStore *
luo_page_get_store (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), NULL);

  return luo_session_get_store (get_private (self)->session);
}

const char *
luo_page_get_month (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), NULL);

  return luo_session_get_month (get_private (self)->session);
}

const char *
luo_page_get_title (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), NULL);

  return get_private (self)->title;
}

void
luo_page_set_title (LuoPage *self, const char *title)
{
  LuoPagePrivate *priv;

  g_return_if_fail (LUO_IS_PAGE (self));

  priv = get_private (self);
  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
luo_page_set_subtitle (LuoPage *self, const char *subtitle)
{
  LuoPagePrivate *priv;

  g_return_if_fail (LUO_IS_PAGE (self));

  priv = get_private (self);
  if (g_strcmp0 (priv->subtitle, subtitle) == 0)
    return;
  g_free (priv->subtitle);
  priv->subtitle = g_strdup (subtitle);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

void
luo_page_set_can_go_back (LuoPage *self, gboolean can_go_back)
{
  LuoPagePrivate *priv;

  g_return_if_fail (LUO_IS_PAGE (self));

  priv = get_private (self);
  if (priv->can_go_back == can_go_back)
    return;
  priv->can_go_back = can_go_back;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_GO_BACK]);
}

void
luo_page_set_header_end (LuoPage *self, GtkWidget *widget)
{
  LuoPagePrivate *priv;

  g_return_if_fail (LUO_IS_PAGE (self));

  priv = get_private (self);
  g_clear_object (&priv->header_end);
  priv->header_end = widget != NULL ? g_object_ref_sink (widget) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEADER_END]);
}

void
luo_page_open_record (LuoPage *self, const char *id)
{
  g_return_if_fail (LUO_IS_PAGE (self));
  g_return_if_fail (id != NULL);

  g_signal_emit (self, signals[OPEN_RECORD], 0, id);
}

void
luo_page_open_list (LuoPage *self, const char *page, const char *const *where)
{
  const char *const nothing[] = { NULL };

  g_return_if_fail (LUO_IS_PAGE (self));
  g_return_if_fail (page != NULL);

  g_signal_emit (self, signals[OPEN_LIST], 0, page, where != NULL ? where : nothing);
}

void
luo_page_search (LuoPage *self)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->search != NULL)
    LUO_PAGE_GET_CLASS (self)->search (self);
}

void
luo_page_create (LuoPage *self)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->create != NULL)
    LUO_PAGE_GET_CLASS (self)->create (self);
}

void
luo_page_edit (LuoPage *self)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->edit != NULL)
    LUO_PAGE_GET_CLASS (self)->edit (self);
}

void
luo_page_remove (LuoPage *self)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->remove != NULL)
    LUO_PAGE_GET_CLASS (self)->remove (self);
}

void
luo_page_go_back (LuoPage *self)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->go_back != NULL)
    LUO_PAGE_GET_CLASS (self)->go_back (self);
}

void
luo_page_open (LuoPage *self, const char *id)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->open != NULL)
    LUO_PAGE_GET_CLASS (self)->open (self, id);
}

void
luo_page_filter (LuoPage *self, const char *const *where)
{
  g_return_if_fail (LUO_IS_PAGE (self));

  if (LUO_PAGE_GET_CLASS (self)->filter != NULL)
    LUO_PAGE_GET_CLASS (self)->filter (self, where);
}

gboolean
luo_page_has_search (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), FALSE);

  return LUO_PAGE_GET_CLASS (self)->search != NULL;
}

gboolean
luo_page_has_create (LuoPage *self)
{
  g_return_val_if_fail (LUO_IS_PAGE (self), FALSE);

  return LUO_PAGE_GET_CLASS (self)->create != NULL;
}
