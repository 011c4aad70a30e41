/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoDocumentNumber: a 文号, 沈政办发〔2020〕27号.
 */
typedef struct
{
  char *issuer;   /* (owned) 沈政办发 */
  guint year;     /* 2020 */
  guint number;   /* 27 */
  char *original; /* (owned) the text as typed but for blanks around it, printed back exactly */
} LuoDocumentNumber;

/**
 * luo_document_number_parse:
 *
 * Reads 〔〕, and also [] （） () 【】 ［］ which offices type; full-width digits; an optional 第 before the number. @text may
 * have blanks around. LUO_RECORD_ERROR_VALUE otherwise.
 */
LuoDocumentNumber *luo_document_number_parse (const char *text, GError **error);
void luo_document_number_free (LuoDocumentNumber *self);

/** Returns: (transfer full): the text exactly as it was read */
char *luo_document_number_print (const LuoDocumentNumber *self);

/** Returns: (transfer full): the one normal form, with 〔〕 and ASCII digits: for search and comparison */
char *luo_document_number_normal (const LuoDocumentNumber *self);

/**
 * luo_document_number_find:
 *
 * Finds every document number in running text. Nothing marks where an issuer begins there: it is taken from the last punctuation,
 * digit or leading word (根据, 印发 …) on, at most twelve characters.
 *
 * Returns: (transfer full) (element-type LuoDocumentNumber): in the order of the text
 */
GPtrArray *luo_document_number_find (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoDocumentNumber, luo_document_number_free)

G_END_DECLS
