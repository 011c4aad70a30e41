/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-receipt.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-title.h"

void
luo_receipt_free (LuoReceipt *self)
{
  if (self == NULL)
    return;
  g_free (self->space);
  g_free (self->id);
  g_free (self->rev);
  g_free (self->title);
  g_free (self->file);
  g_free (self->reason);
  g_free (self->advice);
  g_free (self->word);
  g_free (self->said);
  g_free (self);
}

const char *
luo_receipt_state_label (LuoReceiptState state)
{
  switch (state)
    {
    case LUO_RECEIPT_HELD:
      return _ ("held by the server");
    case LUO_RECEIPT_REFUSED:
      return _ ("refused by the server");
    default:
      return _ ("not sent yet");
    }
}

/**
 * Explanation: what an answer of a server means. The word is looked at before the status, because a row of many has no status.
 */
typedef struct
{
  const char *word; /* (nullable): any */
  int status;       /* 0: any */
  const char *reason, *advice;
} Explanation;

static const Explanation explanations[] = {
  { "document_too_large", 0, N_ ("The record is larger than the server takes"),
    N_ ("Shorten the record or take files out of it; it is sent again by itself") },
  { "too_large", 0, N_ ("The record with its files is larger than the server takes"),
    N_ ("Attach smaller files or fewer; it is sent again by itself") },
  { NULL, 413, N_ ("The record with its files is larger than the server takes"),
    N_ ("Attach smaller files or fewer; it is sent again by itself") },
  { "missing_stub", 0, N_ ("A file of the record is missing on the server and here"),
    N_ ("Attach the file again") },
  { NULL, 412, N_ ("A file of the record is missing on the server and here"), N_ ("Attach the file again") },
  { "unauthorized", 0, N_ ("The server does not know who you are"), N_ ("Sign in again and synchronise") },
  { NULL, 401, N_ ("The server does not know who you are"), N_ ("Sign in again and synchronise") },
  { "forbidden", 0, N_ ("The server does not allow you to write this record"),
    N_ ("Ask whoever keeps the server for the right, then synchronise; or take the edit back") },
  { NULL, 403, N_ ("The server does not allow you to write this record"),
    N_ ("Ask whoever keeps the server for the right, then synchronise; or take the edit back") },
  { "content_md5_mismatch", 0, N_ ("A file of the record arrived damaged"), N_ ("Synchronise again") },
  { NULL, 400, N_ ("The server finds the record not valid"),
    N_ ("Open the record and put right what is marked; it is sent again by itself") },
  { NULL, 409, N_ ("The server has another version of the record"), N_ ("Synchronise again") },
  { NULL, 415, N_ ("The server does not take files of this kind"), N_ ("Attach the file in another form") },
};

void
luo_receipt_explain (const LuoRefusal *refusal, char **reason, char **advice)
{
  for (gsize i = 0; i < G_N_ELEMENTS (explanations); i++)
    if ((explanations[i].word == NULL || g_strcmp0 (explanations[i].word, refusal->error) == 0)
        && (explanations[i].status == 0 || explanations[i].status == refusal->status))
      {
        *reason = g_strdup (_ (explanations[i].reason));
        *advice = g_strdup (_ (explanations[i].advice));
        return;
      }
  if (refusal->status >= 500)
    {
      *reason = g_strdup (_ ("The server fails at this record"));
      *advice = g_strdup (_ ("Synchronise later; if it stays so, tell whoever keeps the server"));
      return;
    }
  *reason = g_strdup (_ ("The server did not take the record"));
  *advice = g_strdup (_ ("Synchronise again; if it stays so, tell whoever keeps the server"));
}

static LuoReceipt *
receipt_new (LuoDocument *document, const char *file, LuoReceiptState state)
{
  LuoReceipt *self = g_new0 (LuoReceipt, 1);

  self->space = g_strdup (luo_document_get_space (document));
  self->id = g_strdup (luo_document_get_id (document));
  self->rev = g_strdup (luo_document_get_rev (document));
  self->title = file != NULL ? g_strdup (file) : luo_title_of (document);
  self->file = g_strdup (file);
  self->state = state;
  return self;
}

static void
set_refused (LuoReceipt *self, const LuoRefusal *refusal)
{
  self->state = LUO_RECEIPT_REFUSED;
  g_free (self->reason);
  g_free (self->advice);
  luo_receipt_explain (refusal, &self->reason, &self->advice);
  self->status = refusal->status;
  self->word = g_strdup (refusal->error);
  self->said = refusal->reason != NULL && *refusal->reason != '\0' ? g_strdup (refusal->reason) : NULL;
}

/* Why something has not been sent. */
static void
set_unsent (LuoReceipt *self, LuoStore *store)
{
  g_autofree char *endpoint = luo_store_get_meta (store, "endpoint", NULL);

  if (endpoint == NULL || *endpoint == '\0')
    {
      self->reason = g_strdup (_ ("No server is connected"));
      self->advice = g_strdup (_ ("Connect to a server"));
      return;
    }
  self->reason = g_strdup (_ ("It waits for the next synchronising"));
}

/* The generation of the nearest ancestor, or of the revision itself, that the server holds; 0 where none. */
static gboolean
held_generation (LuoStore *store, LuoDocument *document, guint *generation, GError **error)
{
  const char *space = luo_document_get_space (document);
  const char *id = luo_document_get_id (document);
  g_auto (GStrv) history = luo_store_get_history (store, space, id, luo_document_get_rev (document), error);
  g_autoptr (GPtrArray) tree = history != NULL ? luo_store_get_tree (store, space, id, error) : NULL;

  *generation = 0;
  if (tree == NULL)
    return FALSE;
  for (guint i = 0; i < tree->len; i++)
    {
      const LuoTreeNode *node = tree->pdata[i];
      guint at = 0;

      if ((node->flags & LUO_REV_HELD) != 0 && g_strv_contains ((const char *const *)history, node->rev)
          && luo_rev_parse (node->rev, &at) != NULL)
        *generation = MAX (*generation, at);
    }
  return TRUE;
}

static const LuoRefusal *
find_refusal (GPtrArray *refusals, const char *rev)
{
  for (guint i = 0; i < refusals->len; i++)
    if (strcmp (((LuoRefusal *)refusals->pdata[i])->rev, rev) == 0)
      return refusals->pdata[i];
  return NULL;
}

static void
receipt_free (gpointer data)
{
  luo_receipt_free (data);
}

GPtrArray *
luo_receipt_of (LuoStore *store, LuoDocument *document, GError **error)
{
  const char *space = luo_document_get_space (document);
  const char *id = luo_document_get_id (document);
  gboolean held = (luo_document_get_flags (document) & LUO_REV_HELD) != 0;
  g_autoptr (GPtrArray) receipts = g_ptr_array_new_with_free_func (receipt_free);
  g_autoptr (GPtrArray) refusals = luo_store_list_refusals (store, space, id, error);
  g_autoptr (GPtrArray) files = refusals != NULL ? luo_store_list_attachments (store, document, error) : NULL;
  const LuoRefusal *refusal;
  LuoReceipt *receipt;
  guint generation;

  if (files == NULL || !held_generation (store, document, &generation, error))
    return NULL;
  refusal = held ? NULL : find_refusal (refusals, luo_document_get_rev (document));
  receipt = receipt_new (document, NULL, held ? LUO_RECEIPT_HELD : LUO_RECEIPT_UNSENT);
  g_ptr_array_add (receipts, receipt);
  if (refusal != NULL)
    set_refused (receipt, refusal);
  else if (!held)
    set_unsent (receipt, store);

  for (guint i = 0; i < files->len; i++)
    {
      const LuoAttachment *file = files->pdata[i];
      /* A file is held with the revision that brought it, whatever was edited since. */
      gboolean file_held = held || (generation > 0 && file->revpos <= generation);

      receipt = receipt_new (document, file->name, file_held ? LUO_RECEIPT_HELD : LUO_RECEIPT_UNSENT);
      g_ptr_array_add (receipts, receipt);
      if (!file_held && refusal != NULL)
        set_refused (receipt, refusal);
      else if (!file_held)
        set_unsent (receipt, store);
    }
  return g_steal_pointer (&receipts);
}

/* A refusal names a revision, which need not be the winner. */
static gboolean
add_refused (GPtrArray *receipts, LuoStore *store, const char *space, guint limit, GError **error)
{
  g_autoptr (GPtrArray) refusals = luo_store_list_refusals (store, space, NULL, error);

  if (refusals == NULL)
    return FALSE;
  for (guint i = 0; i < refusals->len && i < limit; i++)
    {
      const LuoRefusal *refusal = refusals->pdata[i];
      g_autoptr (LuoDocument) document
          = luo_store_get (store, refusal->space, refusal->id, refusal->rev, NULL);
      LuoReceipt *receipt;

      if (document == NULL)
        continue;
      receipt = receipt_new (document, NULL, LUO_RECEIPT_REFUSED);
      set_refused (receipt, refusal);
      g_ptr_array_add (receipts, receipt);
    }
  return TRUE;
}

static gboolean
is_listed (GPtrArray *receipts, LuoDocument *document)
{
  for (guint i = 0; i < receipts->len; i++)
    {
      const LuoReceipt *receipt = receipts->pdata[i];

      if (strcmp (receipt->id, luo_document_get_id (document)) == 0
          && strcmp (receipt->space, luo_document_get_space (document)) == 0)
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
luo_receipt_list (LuoStore *store, const char *space, guint limit, GError **error)
{
  g_autoptr (GPtrArray) receipts = g_ptr_array_new_with_free_func (receipt_free);
  g_autoptr (GPtrArray) pending = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  if (!add_refused (receipts, store, space, limit, error))
    return NULL;
  pending = luo_store_list_pending (store, space, limit, error);
  if (pending == NULL)
    return NULL;
  for (guint i = 0; i < pending->len; i++)
    {
      LuoReceipt *receipt;

      if (is_listed (receipts, pending->pdata[i]))
        continue;
      receipt = receipt_new (pending->pdata[i], NULL, LUO_RECEIPT_UNSENT);
      set_unsent (receipt, store);
      g_ptr_array_add (receipts, receipt);
    }
  return g_steal_pointer (&receipts);
}
