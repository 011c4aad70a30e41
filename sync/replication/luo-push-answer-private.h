/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"

G_BEGIN_DECLS

/* What a server answers to a push: the rows of _bulk_docs and the lacks of _revs_diff. */

/**
 * LuoPushRow: a row of _bulk_docs that says why a revision was not taken.
 */
typedef struct
{
  char *id;     /* (owned) (nullable) */
  char *rev;    /* (owned) (nullable): some servers leave it out */
  char *word;   /* (owned) (nullable): "forbidden" */
  char *reason; /* (owned) (nullable) */
  guint status; /* 0 where not known */
} LuoPushRow;

/**
 * luo_push_rows_read:
 *
 * Returns: (transfer full) (element-type LuoPushRow): the rows with an error; NULL with @error set where the reply is no array of rows
 */
GPtrArray *luo_push_rows_read (const LuoHttpReply *reply, GError **error);
/** Returns: (transfer none) (nullable): the row of a revision */
const LuoPushRow *luo_push_rows_find (const GPtrArray *rows, const char *id, const char *rev);
/** 401 or 403: the document's own, or a session that is over (C1607). */
gboolean luo_push_row_is_about_rights (const LuoPushRow *row);
/** Whether any row is so. */
gboolean luo_push_rows_any_about_rights (const GPtrArray *rows);
/** The server lacks what a stub names. */
gboolean luo_push_row_is_missing_stub (const LuoPushRow *row);

/**
 * LuoPushLack: what _revs_diff says of one document.
 */
typedef struct
{
  char **missing;            /* (owned) (nullable): NULL-ended */
  char **possible_ancestors; /* (owned) (nullable): NULL where the server does not say */
} LuoPushLack;

/** Returns: (transfer full): the body of _revs_diff for revisions, pairwise; equal @ids stand together */
GBytes *luo_push_lacks_ask (const GPtrArray *ids, const GPtrArray *revs);
/** Returns: (transfer full): id → LuoPushLack; NULL with @error set */
GHashTable *luo_push_lacks_read (const LuoHttpReply *reply, GError **error);

G_END_DECLS
