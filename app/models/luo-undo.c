/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-undo.h"

#include <glib/gi18n.h>

#include "luo-merge.h"
#include "luo-record-edit.h"
#include "luo-work.h"

/* More steps than a person remembers; each keeps two bodies. */
#define MAX_STEPS 100

typedef struct
{
  gpointer owner;    /* only compared */
  char *space;       /* (owned) */
  char *id;          /* (owned) */
  char *before;      /* (owned) (nullable): NULL: the record was created */
  char *after;       /* (owned) (nullable): NULL: the record was deleted */
  char *attachments; /* (owned) (nullable): of a deleted record */
} Step;

struct _LuoUndo
{
  GObject parent_instance;

  GPtrArray *steps; /* (owned) (element-type Step) */
};

G_DEFINE_FINAL_TYPE (LuoUndo, luo_undo, G_TYPE_OBJECT)

enum
{
  PROP_CAN_UNDO = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->space);
  g_free (step->id);
  g_free (step->before);
  g_free (step->after);
  g_free (step->attachments);
  g_free (step);
}

static Step *
add_step (LuoUndo *self, const char *space, const char *id)
{
  Step *step = g_new0 (Step, 1);

  step->space = g_strdup (space);
  step->id = g_strdup (id);
  if (self->steps->len == MAX_STEPS)
    g_ptr_array_remove_index (self->steps, 0);
  g_ptr_array_add (self->steps, step);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  return step;
}

static void
luo_undo_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoUndo *self = LUO_UNDO (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, self->steps->len > 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_undo_finalize (GObject *object)
{
  g_ptr_array_unref (LUO_UNDO (object)->steps);
  G_OBJECT_CLASS (luo_undo_parent_class)->finalize (object);
}

static void
luo_undo_class_init (LuoUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = luo_undo_get_property;
  object_class->finalize = luo_undo_finalize;
  properties[PROP_CAN_UNDO]
      = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
luo_undo_init (LuoUndo *self)
{
  self->steps = g_ptr_array_new_with_free_func (step_free);
}

LuoUndo *
luo_undo_new (void)
{
  return g_object_new (LUO_TYPE_UNDO, NULL);
}

void
luo_undo_add_edit (LuoUndo *self, gpointer owner, const char *space, const char *id, const char *before,
                   const char *after)
{
  Step *last;

  g_return_if_fail (LUO_IS_UNDO (self));
  g_return_if_fail (before != NULL && after != NULL);

  last = self->steps->len > 0 ? g_ptr_array_index (self->steps, self->steps->len - 1) : NULL;
  if (last != NULL && owner != NULL && last->owner == owner && last->after != NULL
      && strcmp (last->id, id) == 0)
    {
      g_free (last->after);
      last->after = g_strdup (after);
      return;
    }
  last = add_step (self, space, id);
  last->owner = owner;
  last->before = g_strdup (before);
  last->after = g_strdup (after);
}

void
luo_undo_add_creation (LuoUndo *self, const char *space, const char *id)
{
  g_return_if_fail (LUO_IS_UNDO (self));

  add_step (self, space, id)->after = g_strdup ("");
}

void
luo_undo_add_deletion (LuoUndo *self, LuoDocument *document)
{
  Step *step;

  g_return_if_fail (LUO_IS_UNDO (self));

  step = add_step (self, luo_document_get_space (document), luo_document_get_id (document));
  step->before = g_strdup (luo_document_get_body (document, NULL));
  step->attachments = g_strdup (luo_document_get_attachments (document));
}

gboolean
luo_undo_get_can_undo (LuoUndo *self)
{
  g_return_val_if_fail (LUO_IS_UNDO (self), FALSE);

  return self->steps->len > 0;
}

void
luo_undo_seal (LuoUndo *self)
{
  g_return_if_fail (LUO_IS_UNDO (self));

  for (guint i = 0; i < self->steps->len; i++)
    ((Step *)g_ptr_array_index (self->steps, i))->owner = NULL;
}

void
luo_undo_clear (LuoUndo *self)
{
  g_return_if_fail (LUO_IS_UNDO (self));

  g_ptr_array_set_size (self->steps, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
}

typedef struct
{
  Step *step; /* (owned) */
  char *user; /* (owned) */
} Undoing;

static void
undoing_free (gpointer data)
{
  Undoing *undoing = data;

  step_free (undoing->step);
  g_free (undoing->user);
  g_free (undoing);
}

static gboolean
undo_edit (LuoStore *store, Step *step, const char *user, GError **error)
{
  g_autoptr (LuoDocument) now = luo_store_get (store, step->space, step->id, NULL, error);
  g_autofree char *merged = NULL;

  if (now == NULL)
    return FALSE;

  /* Seen from what the edit left, one side went back and the other went on. */
  if (!luo_merge (step->after, step->before, luo_document_get_body (now, NULL), &merged, NULL, error))
    return FALSE;
  if (merged == NULL)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
                           _ ("The same members were changed again since; nothing was taken back"));
      return FALSE;
    }
  return luo_record_save (store, step->space, step->id, luo_document_get_rev (now), merged, user, NULL,
                          error);
}

static gpointer
undo_in_thread (LuoStore *store, gpointer data, GError **error)
{
  Undoing *undoing = data;
  Step *step = undoing->step;

  if (step->after == NULL)
    return luo_record_restore (store, step->space, step->id, step->before, step->attachments, undoing->user,
                               NULL, error)
               ? g_strdup (_ ("The record is back"))
               : NULL;
  if (step->before == NULL)
    return luo_record_delete (store, step->space, step->id, NULL, undoing->user, NULL, error)
               ? g_strdup (_ ("The new record was removed"))
               : NULL;
  return undo_edit (store, step, undoing->user, error) ? g_strdup (_ ("The edit was taken back")) : NULL;
}

void
luo_undo_run_async (LuoUndo *self, LuoStore *store, const char *user, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  Undoing *undoing;

  g_return_if_fail (LUO_IS_UNDO (self));
  g_return_if_fail (self->steps->len > 0);

  undoing = g_new0 (Undoing, 1);
  undoing->step = g_ptr_array_steal_index (self->steps, self->steps->len - 1);
  undoing->user = g_strdup (user);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  luo_work_run (self, store, undo_in_thread, undoing, undoing_free, g_free, NULL, callback, user_data);
}

char *
luo_undo_run_finish (LuoUndo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LUO_IS_UNDO (self), NULL);

  return luo_work_finish (result, error);
}
