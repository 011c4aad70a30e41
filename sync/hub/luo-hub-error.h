/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoHubError: why a request is refused. Each has one HTTP status and one of CouchDB's error words (see luo-hub-error.c);
 * the message of the GError is CouchDB's `reason`, in its English, for programs.
 */
typedef enum
{
  LUO_HUB_ERROR_BAD_REQUEST,           /* 400 bad_request */
  LUO_HUB_ERROR_DOC_VALIDATION,        /* 400 doc_validation */
  LUO_HUB_ERROR_ILLEGAL_DOCID,         /* 400 illegal_docid */
  LUO_HUB_ERROR_ILLEGAL_DATABASE_NAME, /* 400 illegal_database_name */
  LUO_HUB_ERROR_QUERY_PARSE,           /* 400 query_parse_error */
  LUO_HUB_ERROR_DIGEST,                /* 400 content_md5_mismatch */
  LUO_HUB_ERROR_UNAUTHORIZED,          /* 401 unauthorized */
  LUO_HUB_ERROR_FORBIDDEN,             /* 403 forbidden */
  LUO_HUB_ERROR_NOT_FOUND,             /* 404 not_found */
  LUO_HUB_ERROR_METHOD,                /* 405 method_not_allowed */
  LUO_HUB_ERROR_CONFLICT,              /* 409 conflict */
  LUO_HUB_ERROR_FILE_EXISTS,           /* 412 file_exists */
  LUO_HUB_ERROR_MISSING_STUB,          /* 412 missing_stub */
  LUO_HUB_ERROR_TOO_LARGE,             /* 413 too_large */
  LUO_HUB_ERROR_DOCUMENT_TOO_LARGE,    /* 413 document_too_large */
  LUO_HUB_ERROR_CONTENT_TYPE,          /* 415 bad_content_type */
  LUO_HUB_ERROR_RANGE,                 /* 416 requested_range_not_satisfiable */
  LUO_HUB_ERROR_TOO_MANY,              /* 429 too_many_requests */
  LUO_HUB_ERROR_INTERNAL,              /* 500 internal_server_error */
  LUO_HUB_ERROR_NOT_IMPLEMENTED,       /* 501 not_implemented */
  LUO_HUB_ERROR_UNAVAILABLE,           /* 503 service_unavailable */
  LUO_HUB_ERROR_FULL,                  /* 507 insufficient_storage */
} LuoHubError;

#define LUO_HUB_ERROR (luo_hub_error_quark ())
GQuark luo_hub_error_quark (void);

/**
 * luo_hub_error_words:
 * @error: of this library, the store, the record library or GIO
 * @status: (out): the HTTP status
 * @word: (out): CouchDB's `error`
 * @reason: (out): CouchDB's `reason`; lives as long as @error
 *
 * The one place where errors become what a client sees. What has no word of its own is 500, and its text goes to the log.
 */
void luo_hub_error_words (const GError *error, guint *status, const char **word, const char **reason);

/** Appends {"error":…,"reason":…} without braces: `"error":"conflict","reason":"…"`. */
void luo_hub_error_append (const GError *error, GString *out);

G_END_DECLS
