/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store-sync.h"

G_BEGIN_DECLS

/* What the server holds of what is here: for each record and each of its files. Everything here blocks. */

/**
 * LuoReceiptState:
 * @LUO_RECEIPT_UNSENT: the server does not have it yet
 * @LUO_RECEIPT_HELD: the server has it; of a file, it has checked the digest
 * @LUO_RECEIPT_REFUSED: the server does not take it as it is
 */
typedef enum
{
  LUO_RECEIPT_UNSENT,
  LUO_RECEIPT_HELD,
  LUO_RECEIPT_REFUSED,
} LuoReceiptState;

typedef struct
{
  char *space; /* (owned) */
  char *id;    /* (owned): of the record */
  char *rev;   /* (owned): the version that it is about */
  char *title; /* (owned): of the record, or the name of the file */
  char *file;  /* (owned) (nullable): name of the file; NULL where it is about the record */
  LuoReceiptState state;
  char *reason; /* (owned) (nullable): why it is not held, in the language of the person */
  char *advice; /* (owned) (nullable): what can be done about it */
  int status;   /* of a refusal: HTTP status */
  char *word;   /* (owned) (nullable): of a refusal: the server's word */
  char *said;   /* (owned) (nullable): of a refusal: the server's own reason */
} LuoReceipt;

void luo_receipt_free (LuoReceipt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoReceipt, luo_receipt_free)

/**
 * luo_receipt_explain:
 * @reason: (out) (transfer full): why the server did not take a record
 * @advice: (out) (transfer full): what can be done
 *
 * The one place where a server's answer becomes words for a person. Pure.
 */
void luo_receipt_explain (const LuoRefusal *refusal, char **reason, char **advice);

/**
 * luo_receipt_of:
 * @document: the winner of a record
 *
 * Returns: (transfer full) (element-type LuoReceipt): of the record, then of each of its files by name
 */
GPtrArray *luo_receipt_of (LuoStore *store, LuoDocument *document, GError **error);

/**
 * luo_receipt_list:
 * @space: (nullable): all
 * @limit: at most so many of each kind
 *
 * Returns: (transfer full) (element-type LuoReceipt): records that are refused, then those not sent yet, oldest first
 */
GPtrArray *luo_receipt_list (LuoStore *store, const char *space, guint limit, GError **error);

/** Returns: (transfer none): the state in a word or two: 收妥 */
const char *luo_receipt_state_label (LuoReceiptState state);

G_END_DECLS
