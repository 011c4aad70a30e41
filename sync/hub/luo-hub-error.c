/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-error.h"

#include <gio/gio.h>

#include "luo-json-text.h"
#include "luo-record-error.h"
#include "luo-store-error.h"

G_DEFINE_QUARK (luo - hub - error - quark, luo_hub_error)

static const struct
{
  guint status;
  const char *word;
} hub_words[] = {
  [LUO_HUB_ERROR_BAD_REQUEST] = { 400, "bad_request" },
  [LUO_HUB_ERROR_DOC_VALIDATION] = { 400, "doc_validation" },
  [LUO_HUB_ERROR_ILLEGAL_DOCID] = { 400, "illegal_docid" },
  [LUO_HUB_ERROR_ILLEGAL_DATABASE_NAME] = { 400, "illegal_database_name" },
  [LUO_HUB_ERROR_QUERY_PARSE] = { 400, "query_parse_error" },
  [LUO_HUB_ERROR_DIGEST] = { 400, "content_md5_mismatch" },
  [LUO_HUB_ERROR_UNAUTHORIZED] = { 401, "unauthorized" },
  [LUO_HUB_ERROR_FORBIDDEN] = { 403, "forbidden" },
  [LUO_HUB_ERROR_NOT_FOUND] = { 404, "not_found" },
  [LUO_HUB_ERROR_METHOD] = { 405, "method_not_allowed" },
  [LUO_HUB_ERROR_CONFLICT] = { 409, "conflict" },
  [LUO_HUB_ERROR_FILE_EXISTS] = { 412, "file_exists" },
  [LUO_HUB_ERROR_MISSING_STUB] = { 412, "missing_stub" },
  [LUO_HUB_ERROR_TOO_LARGE] = { 413, "too_large" },
  [LUO_HUB_ERROR_DOCUMENT_TOO_LARGE] = { 413, "document_too_large" },
  [LUO_HUB_ERROR_CONTENT_TYPE] = { 415, "bad_content_type" },
  [LUO_HUB_ERROR_RANGE] = { 416, "requested_range_not_satisfiable" },
  [LUO_HUB_ERROR_TOO_MANY] = { 429, "too_many_requests" },
  [LUO_HUB_ERROR_INTERNAL] = { 500, "internal_server_error" },
  [LUO_HUB_ERROR_NOT_IMPLEMENTED] = { 501, "not_implemented" },
  [LUO_HUB_ERROR_UNAVAILABLE] = { 503, "service_unavailable" },
  [LUO_HUB_ERROR_FULL] = { 507, "insufficient_storage" },
};

static void
store_words (const GError *error, guint *status, const char **word, const char **reason)
{
  *reason = error->message;
  switch ((LuoStoreError)error->code)
    {
    case LUO_STORE_ERROR_NOT_FOUND:
      *status = 404, *word = "not_found", *reason = "missing";
      return;
    case LUO_STORE_ERROR_DELETED:
      *status = 404, *word = "not_found", *reason = "deleted";
      return;
    case LUO_STORE_ERROR_CONFLICT:
      *status = 409, *word = "conflict", *reason = "Document update conflict.";
      return;
    case LUO_STORE_ERROR_EXISTS:
      *status = 412, *word = "file_exists";
      *reason = "The database could not be created, the file already exists.";
      return;
    case LUO_STORE_ERROR_INVALID:
      *status = 400, *word = "doc_validation";
      return;
    case LUO_STORE_ERROR_MISSING_STUB:
      *status = 412, *word = "missing_stub", *reason = "Invalid attachment stub";
      return;
    case LUO_STORE_ERROR_FORBIDDEN:
      *status = 403, *word = "forbidden",
      *reason = "The history is append-only: an entry is neither changed nor deleted.";
      return;
    case LUO_STORE_ERROR_FULL:
      *status = 507, *word = "insufficient_storage";
      return;
    case LUO_STORE_ERROR_BUSY:
      *status = 503, *word = "service_unavailable";
      return;
    case LUO_STORE_ERROR_DAMAGED:
    case LUO_STORE_ERROR_NEWER:
    case LUO_STORE_ERROR_IO:
    default:
      break;
    }
  g_warning ("%s", error->message);
  *status = 500, *word = "internal_server_error", *reason = "The request could not be carried out.";
}

void
luo_hub_error_words (const GError *error, guint *status, const char **word, const char **reason)
{
  if (error->domain == LUO_HUB_ERROR && (guint)error->code < G_N_ELEMENTS (hub_words))
    {
      *status = hub_words[error->code].status;
      *word = hub_words[error->code].word;
      *reason = error->message;
    }
  else if (error->domain == LUO_STORE_ERROR)
    store_words (error, status, word, reason);
  else if (error->domain == LUO_RECORD_ERROR)
    {
      *status = 400;
      *word = "bad_request";
      *reason = error->code == LUO_RECORD_ERROR_JSON ? "invalid UTF-8 JSON" : error->message;
    }
  else
    {
      g_warning ("%s", error->message);
      *status = 500;
      *word = "internal_server_error";
      *reason = "The request could not be carried out.";
    }
}

void
luo_hub_error_append (const GError *error, GString *out)
{
  guint status;
  const char *word;
  const char *reason;

  luo_hub_error_words (error, &status, &word, &reason);
  g_string_append (out, "\"error\":");
  luo_json_append_string (out, word);
  g_string_append (out, ",\"reason\":");
  luo_json_append_string (out, reason);
}
