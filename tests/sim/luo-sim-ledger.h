/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoSimLedger: what people have entered, so that nothing of it is missed afterwards. Everything that is entered has a token of its own,
 * a text that stands nowhere else; whoever changes a record supersedes the tokens that were before their eyes and are not in what
 * they saved. A token that nobody superseded must be in the record or in an open conflict in the end.
 */
typedef struct _LuoSimLedger LuoSimLedger;

LuoSimLedger *luo_sim_ledger_new (void);
void luo_sim_ledger_free (LuoSimLedger *self);

/** Returns: (transfer full): seven digits that were never used before */
char *luo_sim_ledger_make_token (LuoSimLedger *self);

/**
 * luo_sim_ledger_begin:
 * @before: what the person saw: body and attachments
 * @after: what they save
 *
 * An edit that is being saved; it counts from luo_sim_ledger_accept() on.
 *
 * Returns: its number
 */
guint luo_sim_ledger_begin (LuoSimLedger *self, guint desk, const char *space, const char *id,
                            const char *before, const char *after);
/** Returns: (transfer full): where it is and which tokens come and go */
char *luo_sim_ledger_describe (LuoSimLedger *self, guint edit);
/** The program has said that it is saved. */
void luo_sim_ledger_accept (LuoSimLedger *self, guint edit);
/** The program has said that it is not. */
void luo_sim_ledger_reject (LuoSimLedger *self, guint edit);

/** The token begins to be known in a record, before the edit that brings it: a digest of an attached file. */
void luo_sim_ledger_add_token (LuoSimLedger *self, const char *token);

/**
 * LuoSimDecide: tells whether what was being saved on @desk when it died is there after all: whether the document has all of @tokens,
 * or for an edit without one, whether @after stands.
 */
typedef gboolean (*LuoSimDecide) (const char *space, const char *id, const char *const *tokens,
                                  const char *before, gpointer user_data);
/** The desk has started again: edits of which nobody knows are accepted or rejected. */
void luo_sim_ledger_settle (LuoSimLedger *self, guint desk, LuoSimDecide decide, gpointer user_data);

/** Called for each token that must be there. */
typedef void (*LuoSimExpect) (const char *space, const char *id, const char *token, guint edit, guint desk,
                              gpointer user_data);
void luo_sim_ledger_foreach (LuoSimLedger *self, LuoSimExpect expect, gpointer user_data);

guint luo_sim_ledger_count (LuoSimLedger *self);

G_END_DECLS
