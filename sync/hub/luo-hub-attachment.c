/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/* --- GET ----------------------------------------------------------------------------------------------- */

/* The attachment of the path. Returns: (transfer full) */
static LuoHubFile *
find_file (LuoHubRequest *request, GError **error)
{
  const char *rev = luo_hub_request_get_query (request, "rev");
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GPtrArray) files = NULL;

  if (!luo_hub_incoming_check_id (request->id, error) || !luo_hub_incoming_check_rev (rev, error))
    return NULL;
  document = luo_store_get (luo_hub_get_store (request->hub), request->space, request->id, rev, error);
  if (document == NULL)
    return NULL;
  files = luo_hub_files_parse (luo_document_get_attachments (document));
  for (guint i = 0; i < files->len; i++)
    if (strcmp (((LuoHubFile *)files->pdata[i])->name, request->attachment) == 0)
      return g_ptr_array_steal_index (files, i);
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "Document is missing attachment");
  return NULL;
}

/* Reads `bytes=first-last`; FALSE where there is no range to be followed. LUO_HUB_ERROR_RANGE where it is beyond the end. */
static gboolean
read_range (LuoHubRequest *request, gint64 length, gint64 *offset, gint64 *count, GError **error)
{
  const char *range = luo_hub_request_get_header (request, "Range");
  g_auto (GStrv) ends = NULL;
  guint64 first = 0;
  guint64 last = 0;
  gboolean has_first;
  gboolean has_last;

  /* Several ranges, or another unit, may be answered with the whole. */
  if (range == NULL || !g_str_has_prefix (range, "bytes=") || strchr (range, ',') != NULL)
    return FALSE;
  ends = g_strsplit (range + strlen ("bytes="), "-", 2);
  if (ends[0] == NULL || ends[1] == NULL)
    return FALSE;
  has_first = g_ascii_string_to_unsigned (g_strstrip (ends[0]), 10, 0, G_MAXINT64, &first, NULL);
  has_last = g_ascii_string_to_unsigned (g_strstrip (ends[1]), 10, 0, G_MAXINT64, &last, NULL);
  if ((!has_first && *ends[0] != '\0') || (!has_last && *ends[1] != '\0') || (!has_first && !has_last)
      || (has_first && has_last && last < first))
    return FALSE;

  if (!has_first)
    {
      first = last < (guint64)length ? (guint64)length - last : 0;
      last = (guint64)length - 1;
      if (length == 0)
        first = 1;
    }
  else if (!has_last || last >= (guint64)length)
    last = (guint64)length - 1;
  if (first >= (guint64)length)
    {
      g_autofree char *content_range = g_strdup_printf ("bytes */%" G_GINT64_FORMAT, length);

      luo_hub_request_set_header (request, "Content-Range", content_range);
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_RANGE, "Requested range not satisfiable");
      return FALSE;
    }
  *offset = (gint64)first;
  *count = (gint64)(last - first + 1);
  return TRUE;
}

gboolean
luo_hub_attachment_get (LuoHubRequest *request, GError **error)
{
  LuoHubFile *file = find_file (request, error);
  g_autofree char *etag = NULL;
  g_autofree char *type = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (GError) range_error = NULL;
  gint64 length;
  gint64 offset = 0;
  gint64 count;
  gboolean partial;

  if (file == NULL)
    return FALSE;
  digest = g_steal_pointer (&file->digest);
  type = g_steal_pointer (&file->content_type);
  count = length = file->length;
  luo_hub_file_free (file);
  if (!luo_store_has_attachment (luo_hub_get_store (request->hub), digest))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "Document is missing attachment");
      return FALSE;
    }

  /* The digest without its "md5-": base64 that stands for exactly these bytes. */
  etag = g_strdup_printf ("\"%s\"", g_str_has_prefix (digest, "md5-") ? digest + 4 : digest);
  luo_hub_request_set_header (request, "ETag", etag);
  if (luo_hub_request_has_etag (request, etag))
    {
      luo_hub_request_answer_empty (request, 304);
      return TRUE;
    }
  partial = read_range (request, length, &offset, &count, &range_error);
  if (range_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&range_error));
      return FALSE;
    }

  luo_hub_answer_append_attachment (luo_hub_request_answer (request, partial ? 206 : 200), digest, offset,
                                    count, FALSE);
  luo_hub_request_set_type (request, strpbrk (type, "\r\n") != NULL ? "application/octet-stream" : type);
  luo_hub_request_set_header (request, "Accept-Ranges", "bytes");
  /* Whatever somebody has stored must not run in the name of this server. */
  luo_hub_request_set_header (request, "Content-Security-Policy", "sandbox");
  luo_hub_request_set_header (request, "X-Content-Type-Options", "nosniff");
  if (partial)
    {
      g_autofree char *content_range
          = g_strdup_printf ("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, offset,
                             offset + count - 1, length);

      luo_hub_request_set_header (request, "Content-Range", content_range);
    }
  else if (g_str_has_prefix (digest, "md5-"))
    luo_hub_request_set_header (request, "Content-MD5", digest + 4);
  return TRUE;
}

/* --- PUT and DELETE -------------------------------------------------------------------------------------- */

static gboolean
check_write (LuoHubRequest *request, GError **error)
{
  if (*request->attachment == '_')
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "Attachment name '_' prefix is reserved");
      return FALSE;
    }
  return luo_hub_incoming_check_id (request->id, error)
         && luo_hub_security_check_write (request->user, request->access, request->id, error);
}

gboolean
luo_hub_attachment_put_begin (LuoHubRequest *request, GError **error)
{
  const char *encoding = luo_hub_request_get_header (request, "Content-Encoding");

  if (!check_write (request, error))
    return FALSE;
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_CONTENT_TYPE,
                           "Only supported encoding is identity");
      return FALSE;
    }
  request->data = luo_attachment_writer_new (luo_hub_get_store (request->hub), error);
  request->data_free = (GDestroyNotify)luo_attachment_writer_free;
  return request->data != NULL;
}

gboolean
luo_hub_attachment_put_feed (LuoHubRequest *request, const char *data, gsize length, GError **error)
{
  return luo_attachment_writer_write (request->data, data, length, error);
}

static void
answer_written (LuoHubRequest *request, guint status, const char *rev)
{
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, status));
  g_autofree char *etag = g_strdup_printf ("\"%s\"", rev);

  g_string_append (out, "{\"ok\":true,\"id\":");
  luo_json_append_string (out, request->id);
  g_string_append_printf (out, ",\"rev\":\"%s\"}\n", rev);
  luo_hub_request_set_header (request, "ETag", etag);
}

/* The revision that a change of an attachment stands on; @document is NULL where there is none and none was named. */
static gboolean
find_parent (LuoHubRequest *request, LuoDocument **document, GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  g_autofree char *rev = luo_hub_request_get_rev (request);
  g_autoptr (GError) failure = NULL;

  *document = NULL;
  if (!luo_hub_incoming_check_rev (rev, error))
    return FALSE;
  *document = luo_store_get (store, request->space, request->id, rev, &failure);
  if (*document != NULL && rev == NULL)
    g_clear_pointer (document, luo_document_unref);
  else if (*document != NULL && (luo_document_get_flags (*document) & LUO_REV_LEAF))
    return TRUE;
  else if (*document == NULL && rev == NULL
           && (g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND)
               || g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED)))
    return TRUE;
  else
    g_clear_pointer (document, luo_document_unref);
  g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT, "Document update conflict.");
  return FALSE;
}

gboolean
luo_hub_attachment_put_run (LuoHubRequest *request, GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  const char *type = luo_hub_request_get_header (request, "Content-Type");
  const char *md5 = luo_hub_request_get_header (request, "Content-MD5");
  g_autofree char *expected = md5 != NULL ? g_strconcat ("md5-", md5, NULL) : NULL;
  g_autoptr (LuoDocument) parent = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *attachments = NULL;
  g_autofree char *rev = NULL;
  gint64 length;

  if (!find_parent (request, &parent, error))
    return FALSE;
  if (!luo_attachment_writer_finish (request->data, expected, NULL, &digest, &length, &failure))
    {
      if (g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID))
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DIGEST, "Possible message corruption.");
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  attachments = luo_attachments_set (parent != NULL ? luo_document_get_attachments (parent) : NULL,
                                     request->attachment, type != NULL ? type : "application/octet-stream",
                                     digest, length);
  if (!luo_store_put (store, request->space, request->id,
                      parent != NULL ? luo_document_get_rev (parent) : NULL,
                      parent != NULL ? luo_document_get_body (parent, NULL) : "{}", attachments, FALSE,
                      LUO_PUT_DEFAULT, &rev, error))
    return FALSE;
  answer_written (request, 201, rev);
  return TRUE;
}

gboolean
luo_hub_attachment_delete (LuoHubRequest *request, GError **error)
{
  g_autoptr (LuoDocument) parent = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *attachments = NULL;
  g_autofree char *rev = NULL;
  gboolean found = FALSE;

  if (!check_write (request, error) || !find_parent (request, &parent, error))
    return FALSE;
  files = luo_hub_files_parse (parent != NULL ? luo_document_get_attachments (parent) : NULL);
  for (guint i = 0; i < files->len; i++)
    found = found || strcmp (((LuoHubFile *)files->pdata[i])->name, request->attachment) == 0;
  if (!found)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND,
                           parent != NULL ? "Document is missing attachment" : "missing");
      return FALSE;
    }
  attachments = luo_attachments_remove (luo_document_get_attachments (parent), request->attachment);
  if (!luo_store_put (luo_hub_get_store (request->hub), request->space, request->id,
                      luo_document_get_rev (parent), luo_document_get_body (parent, NULL), attachments, FALSE,
                      LUO_PUT_DEFAULT, &rev, error))
    return FALSE;
  answer_written (request, 200, rev);
  return TRUE;
}
