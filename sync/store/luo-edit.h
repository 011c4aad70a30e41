/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store-private.h"
#include "luo-tree.h"

G_BEGIN_DECLS

/**
 * LuoEdit: one document being changed within a write transaction: its row and its tree are read, revisions are added, marked or
 * removed, and luo_edit_save() writes what is different: rows, the place of bodies, counts, projection, sequence.
 * Worker thread only.
 */
typedef struct
{
  LuoStore *store;
  LuoConnection *conn;
  LuoSpaceState *space;
  const char *id;
  gboolean hub;

  gboolean exists;
  gint64 key; /* 0 until it exists */
  gint64 seq;
  guint conflicts, pending, leaves;
  gboolean deleted;
  guint flags;
  char *rev;         /* (owned) (nullable) */
  char *type;        /* (owned) (nullable) */
  char *attachments; /* (owned) (nullable) */
  char *body;        /* (owned) (nullable): of the winner */
  gsize body_length;

  LuoTree *tree; /* (owned) */
} LuoEdit;

/** Reads the document; one that does not exist gives an empty tree. Close it in any case. */
gboolean luo_edit_open (LuoEdit *self, LuoStore *store, LuoConnection *conn, LuoSpaceState *space,
                        const char *id, GError **error);
void luo_edit_close (LuoEdit *self);

/** Whether a server may add a revision: LUO_STORE_ERROR_FORBIDDEN where the document is an entry of the history, which nobody changes. */
gboolean luo_edit_check_append_only (const LuoEdit *self, GError **error);

/** Reads the body that is kept of a revision. @body: NULL where none is kept. */
gboolean luo_edit_read_body (LuoEdit *self, int index, char **body, char **attachments, GError **error);

/**
 * luo_edit_save:
 * @new_seq: the document changed for others (a revision came or went); marks alone do not give it a new sequence
 *
 * Every leaf must have a body by now.
 */
gboolean luo_edit_save (LuoEdit *self, gboolean new_seq, GError **error);

/**
 * LuoNewDocument: a document that is perhaps not here yet.
 */
typedef struct
{
  const char *id;
  const char *const *history; /* its revision and what that stands on, the newest first, NULL-ended */
  guint flags;                /* of its revision, but LEAF and BODY; HELD is of all */
  const char *type;           /* (nullable) */
  const char *body;
  gsize length;
} LuoNewDocument;

/**
 * luo_edit_insert_new:
 * @key: (out): of the document
 * @taken: (out): FALSE where a document of that id is here already: nothing was done
 *
 * The bulk path: rows, counts, projection and sequence of a document that is not here yet, without attachments and without a tree.
 */
gboolean luo_edit_insert_new (LuoStore *store, LuoConnection *conn, LuoSpaceState *space,
                              const LuoNewDocument *document, gint64 *key, gboolean *taken, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoEdit, luo_edit_close)

G_END_DECLS
