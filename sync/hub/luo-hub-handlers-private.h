/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-request-private.h"

G_BEGIN_DECLS

/* The handlers that the table of routes names, by the file that holds them. Each makes the answer of its request or sets an
 * error; _begin and _feed come before it where the body is taken as it comes. */

/* luo-hub-server.c */
gboolean luo_hub_server_welcome (LuoHubRequest *request, GError **error);
gboolean luo_hub_server_up (LuoHubRequest *request, GError **error);
gboolean luo_hub_server_all_dbs (LuoHubRequest *request, GError **error);
gboolean luo_hub_server_uuids (LuoHubRequest *request, GError **error);

/* luo-hub-database.c */
gboolean luo_hub_database_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_put (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_delete (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_compact (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_commit (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_get_revs_limit (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_put_revs_limit (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_get_security (LuoHubRequest *request, GError **error);
gboolean luo_hub_database_put_security (LuoHubRequest *request, GError **error);

/* luo-hub-document.c */
gboolean luo_hub_document_get (LuoHubRequest *request, GError **error);

/* luo-hub-document-write.c */
gboolean luo_hub_document_put_begin (LuoHubRequest *request, GError **error);
gboolean luo_hub_document_put_feed (LuoHubRequest *request, const char *data, gsize length, GError **error);
gboolean luo_hub_document_put_run (LuoHubRequest *request, GError **error);
gboolean luo_hub_document_post (LuoHubRequest *request, GError **error);
gboolean luo_hub_document_delete (LuoHubRequest *request, GError **error);
gboolean luo_hub_document_copy (LuoHubRequest *request, GError **error);

/* luo-hub-local.c */
gboolean luo_hub_local_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_local_put (LuoHubRequest *request, GError **error);
gboolean luo_hub_local_delete (LuoHubRequest *request, GError **error);

/* luo-hub-attachment.c */
gboolean luo_hub_attachment_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_attachment_put_begin (LuoHubRequest *request, GError **error);
gboolean luo_hub_attachment_put_feed (LuoHubRequest *request, const char *data, gsize length, GError **error);
gboolean luo_hub_attachment_put_run (LuoHubRequest *request, GError **error);
gboolean luo_hub_attachment_delete (LuoHubRequest *request, GError **error);

/* luo-hub-bulk-docs.c, luo-hub-bulk-get.c */
gboolean luo_hub_bulk_docs_begin (LuoHubRequest *request, GError **error);
gboolean luo_hub_bulk_docs_feed (LuoHubRequest *request, const char *data, gsize length, GError **error);
gboolean luo_hub_bulk_docs_run (LuoHubRequest *request, GError **error);
gboolean luo_hub_bulk_get_begin (LuoHubRequest *request, GError **error);
gboolean luo_hub_bulk_get_feed (LuoHubRequest *request, const char *data, gsize length, GError **error);
gboolean luo_hub_bulk_get_run (LuoHubRequest *request, GError **error);

/* luo-hub-revs.c */
gboolean luo_hub_revs_diff (LuoHubRequest *request, GError **error);
gboolean luo_hub_revs_missing (LuoHubRequest *request, GError **error);

/* luo-hub-list.c */
gboolean luo_hub_list_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_list_post (LuoHubRequest *request, GError **error);

/* luo-hub-changes.c */
gboolean luo_hub_changes_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_changes_post (LuoHubRequest *request, GError **error);

G_END_DECLS
