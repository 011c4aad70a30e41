/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store-private.h"

G_BEGIN_DECLS

/** Saves of one user on one unsent record within so long of each other are one sitting, and one entry of the history. Longer, and a
 *  day's work of an office without a network would be one change; shorter, and pauses for thought would be entries. */
#define LUO_HISTORY_SITTING_SECONDS (30 * 60)

/**
 * LuoHistoryNote: one saved edit as the history is to have it. Nothing here is owned.
 */
typedef struct
{
  const char *record;
  const char *base;         /* the revision the edit stood on */
  const char *before;       /* (nullable): its body; NULL of a deleted record */
  const char *before_files; /* (nullable): its stubs */
  const char *rev;          /* the revision the edit made */
  const char *after;        /* (nullable): NULL where it deletes */
  const char *after_files;  /* (nullable) */
  const char *stamped;      /* a body with the stamps of the edit: @after, or the tombstone's */
  gboolean replaces;        /* @base was unsent and is gone */
} LuoHistoryNote;

/**
 * luo_history_note_write:
 * @id: (out) (transfer full) (nullable): of the entry; NULL where there is nothing to write
 * @parent: (out) (transfer full) (nullable): the revision of an entry of the same sitting, which this one replaces
 * @body: (out) (transfer full) (nullable)
 *
 * Composes the entry of one edit, joined with what the same sitting has written already. Worker thread, in the transaction of the edit.
 */
gboolean luo_history_note_write (LuoStore *store, LuoConnection *conn, gint64 space,
                                 const LuoHistoryNote *note, char **id, char **parent, char **body,
                                 GError **error);

G_END_DECLS
