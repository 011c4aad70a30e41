/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-edit.h"
#include "luo-history-note.h"

G_BEGIN_DECLS

/* What saving an edit (luo-store-put.c) and ending a conflict (luo-store-decide.c) share. In the worker, but for init and clear. */

/**
 * LuoPreparedPut: one edit, checked and ready for the worker.
 */
typedef struct
{
  const LuoPut *put;
  const char *body; /* trimmed: of the edit, or @own_body */
  gsize length;
  const char *type; /* (nullable): of the edit, or @own_type */
  char *own_body;   /* (owned) (nullable) */
  char *own_type;   /* (owned) (nullable) */
  /* (owned) (nullable): what it becomes where it stands on the parent that it names and has no attachments */
  char *rev;
} LuoPreparedPut;

/** Checks @put, which is kept unowned. Any thread. Returns: FALSE with an error that names what is wrong in it */
gboolean luo_prepared_put_init (LuoPreparedPut *self, const LuoPut *put, GError **error);
/** @self: (type LuoPreparedPut): a GDestroyNotify for arrays; does not free @self. Any thread. */
void luo_prepared_put_clear (gpointer self);
/** Returns: (transfer full): the revision that the edit becomes on @parent (nullable) */
char *luo_prepared_put_make_rev (const LuoPreparedPut *self, const char *parent, const char *attachments,
                                 GError **error);

/** Sets LUO_STORE_ERROR_CONFLICT. Returns: FALSE */
gboolean luo_put_set_conflict (const char *id, GError **error);
/** Whether names and digests are the same; revpos and length follow from those. */
gboolean luo_put_attachments_equal (const char *a, const char *b);
/** @same: (out): whether a revision of the tree says what the edit says; FALSE too where its body is not kept */
gboolean luo_put_says_the_same (LuoEdit *edit, int index, const LuoPreparedPut *prepared, const char *stubs,
                                gboolean *same, GError **error);
/** Returns: (transfer full) */
char *luo_put_dup_rev (LuoEdit *edit, int index);
/** Adds a revision made here on top of @parent (-1: none). Returns: its index */
int luo_put_add_revision (LuoEdit *edit, int parent, const char *rev, gboolean deleted, const char *body,
                          const char *attachments, const char *type);
/** Writes the history's entry of an edit that has been saved in this transaction, where there is something to tell. */
gboolean luo_put_write_history (LuoStore *self, LuoConnection *conn, const LuoPut *edit, gint64 space,
                                const LuoHistoryNote *note, GError **error);

G_END_DECLS
