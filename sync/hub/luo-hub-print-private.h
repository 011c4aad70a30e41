/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-answer-private.h"
#include "luo-store-sync.h"

G_BEGIN_DECLS

/**
 * LuoHubPrint: what a document is printed with, besides its members.
 * @LUO_HUB_PRINT_ATTACHMENTS: the bytes of attachments as base64, instead of stubs
 * @LUO_HUB_PRINT_FOLLOWS: attachments as `"follows":true`, for the parts of a multipart answer
 */
typedef enum
{
  LUO_HUB_PRINT_PLAIN = 0,
  LUO_HUB_PRINT_REVS = 1 << 0,
  LUO_HUB_PRINT_ATTACHMENTS = 1 << 1,
  LUO_HUB_PRINT_FOLLOWS = 1 << 2,
  LUO_HUB_PRINT_CONFLICTS = 1 << 3,
  LUO_HUB_PRINT_DELETED_CONFLICTS = 1 << 4,
  LUO_HUB_PRINT_REVS_INFO = 1 << 5,
  LUO_HUB_PRINT_LOCAL_SEQ = 1 << 6,
} LuoHubPrint;

/**
 * LuoHubFile: an attachment as a document names it.
 */
typedef struct
{
  char *name, *content_type, *digest;
  gint64 length;
  gint64 revpos;
} LuoHubFile;
void luo_hub_file_free (LuoHubFile *self);

/** Returns: (transfer full) (element-type LuoHubFile): of the JSON text of stubs (nullable), in its order */
GPtrArray *luo_hub_files_parse (const char *attachments);

/**
 * luo_hub_print_document:
 * @files: (nullable) (element-type LuoHubFile): with LUO_HUB_PRINT_FOLLOWS: those that follow are appended
 *
 * Appends one revision as CouchDB prints it. Nothing is appended where it fails: LUO_STORE_ERROR_NOT_FOUND where its body is
 * not kept. Stored text is spliced, not parsed, unless attachments are asked for and are there.
 */
gboolean luo_hub_print_document (LuoStore *store, const char *space, const char *id, const char *rev,
                                 LuoHubPrint print, LuoHubAnswer *answer, GPtrArray *files, GError **error);

/**
 * luo_hub_print_leaves:
 * @rev: (nullable): only leaves that stand on this revision, or are it; NULL: all
 *
 * Returns: (transfer full) (element-type utf8): revisions, winner first; empty where @rev is not in the tree
 */
GPtrArray *luo_hub_print_leaves (LuoStore *store, const char *space, const char *id, const char *rev,
                                 GError **error);

G_END_DECLS
