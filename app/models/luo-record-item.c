/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-item.h"

struct _LuoRecordItem
{
  GObject parent_instance;

  gint64 key;
  LuoDocument *document; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoRecordItem, luo_record_item, G_TYPE_OBJECT)

enum
{
  PROP_DOCUMENT = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
luo_record_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_DOCUMENT);
  g_value_set_boxed (value, LUO_RECORD_ITEM (object)->document);
}

static void
luo_record_item_finalize (GObject *object)
{
  LuoRecordItem *self = LUO_RECORD_ITEM (object);

  g_clear_pointer (&self->document, luo_document_unref);
  G_OBJECT_CLASS (luo_record_item_parent_class)->finalize (object);
}

static void
luo_record_item_class_init (LuoRecordItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = luo_record_item_get_property;
  object_class->finalize = luo_record_item_finalize;
  properties[PROP_DOCUMENT] = g_param_spec_boxed ("document", NULL, NULL, LUO_TYPE_DOCUMENT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
luo_record_item_init (LuoRecordItem *self)
{
}

LuoRecordItem *
luo_record_item_new (gint64 key)
{
  LuoRecordItem *self = g_object_new (LUO_TYPE_RECORD_ITEM, NULL);

  self->key = key;
  return self;
}

gint64
luo_record_item_get_key (LuoRecordItem *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_ITEM (self), 0);

  return self->key;
}

LuoDocument *
luo_record_item_get_document (LuoRecordItem *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_ITEM (self), NULL);

  return self->document;
}

void
luo_record_item_set_document (LuoRecordItem *self, LuoDocument *document)
{
  g_return_if_fail (LUO_IS_RECORD_ITEM (self));

  if (self->document == document)
    return;
  g_clear_pointer (&self->document, luo_document_unref);
  self->document = document != NULL ? luo_document_ref (document) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
}
