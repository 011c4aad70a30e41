/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"

#define BOUNDARY_BYTES 16

static LuoHubPrint
read_print (LuoHubRequest *request)
{
  static const struct
  {
    const char *name;
    LuoHubPrint print;
  } flags[] = {
    { "revs", LUO_HUB_PRINT_REVS },
    { "revs_info", LUO_HUB_PRINT_REVS_INFO },
    { "conflicts", LUO_HUB_PRINT_CONFLICTS },
    { "deleted_conflicts", LUO_HUB_PRINT_DELETED_CONFLICTS },
    { "local_seq", LUO_HUB_PRINT_LOCAL_SEQ },
    { "attachments", LUO_HUB_PRINT_ATTACHMENTS },
    { "meta", LUO_HUB_PRINT_REVS_INFO | LUO_HUB_PRINT_CONFLICTS | LUO_HUB_PRINT_DELETED_CONFLICTS },
  };
  LuoHubPrint print = LUO_HUB_PRINT_PLAIN;

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (luo_hub_request_get_flag (request, flags[i].name))
      print |= flags[i].print;
  return print;
}

static void
make_boundary (char *boundary)
{
  guint8 raw[BOUNDARY_BYTES];

  randombytes_buf (raw, sizeof raw);
  sodium_bin2hex (boundary, BOUNDARY_BYTES * 2 + 1, raw, sizeof raw);
}

/* A file name within quotes of a header. */
static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text == '\r' || *text == '\n' ? ' ' : *text);
    }
  g_string_append_c (out, '"');
}

/* A document as the first part and its attachments as those after it, as they were promised by "follows". */
static gboolean
append_related (LuoHubRequest *request, const char *rev, LuoHubPrint print, const char *boundary,
                LuoHubAnswer *answer, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_hub_file_free);

  g_string_append_printf (luo_hub_answer_text (answer), "--%s\r\nContent-Type: application/json\r\n\r\n",
                          boundary);
  print = (print & ~LUO_HUB_PRINT_ATTACHMENTS) | LUO_HUB_PRINT_FOLLOWS;
  if (!luo_hub_print_document (luo_hub_get_store (request->hub), request->space, request->id, rev, print,
                               answer, files, error))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const LuoHubFile *file = files->pdata[i];
      GString *out = luo_hub_answer_text (answer);

      g_string_append_printf (out, "\r\n--%s\r\nContent-Disposition: attachment; filename=", boundary);
      append_quoted (out, file->name);
      g_string_append (out, "\r\nContent-Type: ");
      g_string_append (out, strpbrk (file->content_type, "\r\n") != NULL ? "application/octet-stream"
                                                                         : file->content_type);
      g_string_append_printf (out, "\r\nContent-Length: %" G_GINT64_FORMAT "\r\n\r\n", file->length);
      luo_hub_answer_append_attachment (answer, file->digest, 0, file->length, FALSE);
    }
  g_string_append_printf (luo_hub_answer_text (answer), "\r\n--%s--", boundary);
  return TRUE;
}

/* --- open_revs --------------------------------------------------------------------------------------- */

/* The revisions that are asked for: each as it is, or the leaves above it, or all. @missing: those that are not here */
static gboolean
collect_revs (LuoHubRequest *request, const char *open_revs, GPtrArray *found, GPtrArray *missing,
              GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  gboolean latest = luo_hub_request_get_flag (request, "latest");
  g_auto (GStrv) revs = NULL;
  g_autoptr (GPtrArray) tree = NULL;

  if (strcmp (open_revs, "all") == 0)
    {
      g_autoptr (GPtrArray) leaves = luo_hub_print_leaves (store, request->space, request->id, NULL, error);

      if (leaves == NULL)
        return FALSE;
      for (guint i = 0; i < leaves->len; i++)
        g_ptr_array_add (found, g_steal_pointer (&leaves->pdata[i]));
      return TRUE;
    }

  {
    g_autofree char *wrapped = g_strdup_printf ("{\"revs\":%s}", open_revs);
    g_autoptr (JsonObject) object = luo_hub_json_parse_object (wrapped, strlen (wrapped), NULL);

    if (object != NULL)
      revs = luo_hub_json_get_strings (object, "revs");
  }
  if (revs == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "open_revs must be \"all\" or a JSON list of revisions");
      return FALSE;
    }
  for (gsize i = 0; revs[i] != NULL; i++)
    {
      g_autoptr (LuoDocument) document = NULL;
      g_autoptr (GPtrArray) leaves = NULL;

      if (!luo_hub_incoming_check_rev (revs[i], error))
        return FALSE;
      if (latest)
        leaves = luo_hub_print_leaves (store, request->space, request->id, revs[i], NULL);
      for (guint j = 0; leaves != NULL && j < leaves->len; j++)
        if (!g_ptr_array_find_with_equal_func (found, leaves->pdata[j], g_str_equal, NULL))
          g_ptr_array_add (found, g_strdup (leaves->pdata[j]));
      if (leaves != NULL && leaves->len > 0)
        continue;
      document = luo_store_get (store, request->space, request->id, revs[i], NULL);
      g_ptr_array_add (document != NULL ? found : missing, g_strdup (revs[i]));
    }
  return TRUE;
}

static gboolean
answer_open_revs_json (LuoHubRequest *request, GPtrArray *found, GPtrArray *missing, LuoHubPrint print)
{
  LuoHubAnswer *answer = luo_hub_request_answer (request, 200);
  gboolean first = TRUE;

  g_string_append_c (luo_hub_answer_text (answer), '[');
  for (guint i = 0; i < found->len; i++)
    {
      g_string_append (luo_hub_answer_text (answer), first ? "{\"ok\":" : ",{\"ok\":");
      first = FALSE;
      if (!luo_hub_print_document (luo_hub_get_store (request->hub), request->space, request->id,
                                   found->pdata[i], print, answer, NULL, NULL))
        g_string_append (luo_hub_answer_text (answer), "null");
      g_string_append_c (luo_hub_answer_text (answer), '}');
    }
  for (guint i = 0; i < missing->len; i++)
    {
      g_string_append (luo_hub_answer_text (answer), first ? "{\"missing\":" : ",{\"missing\":");
      first = FALSE;
      luo_json_append_string (luo_hub_answer_text (answer), missing->pdata[i]);
      g_string_append_c (luo_hub_answer_text (answer), '}');
    }
  g_string_append (luo_hub_answer_text (answer), "]\n");
  return TRUE;
}

static gboolean
has_attachments (LuoHubRequest *request, const char *rev)
{
  g_autoptr (LuoDocument) document
      = luo_store_get (luo_hub_get_store (request->hub), request->space, request->id, rev, NULL);

  return document != NULL && luo_document_get_attachments (document) != NULL;
}

static gboolean
answer_open_revs_mixed (LuoHubRequest *request, GPtrArray *found, GPtrArray *missing, LuoHubPrint print,
                        GError **error)
{
  LuoHubAnswer *answer = luo_hub_request_answer (request, 200);
  char outer[BOUNDARY_BYTES * 2 + 1];
  g_autofree char *type = NULL;

  make_boundary (outer);
  type = g_strdup_printf ("multipart/mixed; boundary=\"%s\"", outer);
  luo_hub_request_set_type (request, type);
  for (guint i = 0; i < found->len; i++)
    {
      g_string_append_printf (luo_hub_answer_text (answer), "%s--%s\r\n", i > 0 ? "\r\n" : "", outer);
      if (has_attachments (request, found->pdata[i]))
        {
          char inner[BOUNDARY_BYTES * 2 + 1];

          make_boundary (inner);
          g_string_append_printf (luo_hub_answer_text (answer),
                                  "Content-Type: multipart/related; boundary=\"%s\"\r\n\r\n", inner);
          if (!append_related (request, found->pdata[i], print, inner, answer, error))
            return FALSE;
        }
      else
        {
          g_string_append (luo_hub_answer_text (answer), "Content-Type: application/json\r\n\r\n");
          if (!luo_hub_print_document (luo_hub_get_store (request->hub), request->space, request->id,
                                       found->pdata[i], print & ~LUO_HUB_PRINT_ATTACHMENTS, answer, NULL,
                                       error))
            return FALSE;
        }
    }
  for (guint i = 0; i < missing->len; i++)
    {
      GString *out = luo_hub_answer_text (answer);

      g_string_append_printf (out,
                              "%s--%s\r\nContent-Type: application/json; error=\"true\"\r\n\r\n{\"missing\":",
                              found->len + i > 0 ? "\r\n" : "", outer);
      luo_json_append_string (out, missing->pdata[i]);
      g_string_append_c (out, '}');
    }
  g_string_append_printf (luo_hub_answer_text (answer), "\r\n--%s--", outer);
  return TRUE;
}

static gboolean
answer_open_revs (LuoHubRequest *request, const char *open_revs, LuoHubPrint print, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);

  if (!collect_revs (request, open_revs, found, missing, error))
    return FALSE;
  /* As in CouchDB multipart is what comes where JSON was not asked for. */
  if (luo_hub_request_accepts (request, "application/json")
      && !luo_hub_request_accepts (request, "multipart/mixed"))
    return answer_open_revs_json (request, found, missing, print);
  return answer_open_revs_mixed (request, found, missing, print, error);
}

/* --- One revision -------------------------------------------------------------------------------------- */

/* The revision that is meant. Returns: (transfer full) */
static char *
find_rev (LuoHubRequest *request, GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  const char *rev = luo_hub_request_get_query (request, "rev");
  g_autoptr (LuoDocument) document = NULL;

  if (!luo_hub_incoming_check_rev (rev, error))
    return NULL;
  if (rev != NULL && luo_hub_request_get_flag (request, "latest"))
    {
      g_autoptr (GPtrArray) leaves = luo_hub_print_leaves (store, request->space, request->id, rev, error);

      if (leaves == NULL)
        return NULL;
      if (leaves->len > 0)
        return g_strdup (leaves->pdata[0]);
    }
  document = luo_store_get (store, request->space, request->id, rev, error);
  return document != NULL ? g_strdup (luo_document_get_rev (document)) : NULL;
}

gboolean
luo_hub_document_get (LuoHubRequest *request, GError **error)
{
  const char *open_revs = luo_hub_request_get_query (request, "open_revs");
  LuoHubPrint print = read_print (request);
  g_autofree char *rev = NULL;
  g_autofree char *etag = NULL;
  LuoHubAnswer *answer;

  if (!luo_hub_incoming_check_id (request->id, error))
    return FALSE;
  if (open_revs != NULL)
    return answer_open_revs (request, open_revs, print, error);

  rev = find_rev (request, error);
  if (rev == NULL)
    return FALSE;
  etag = g_strdup_printf ("\"%s\"", rev);
  luo_hub_request_set_header (request, "ETag", etag);
  /* With other leaves or attachments in it the text is not the revision's alone. */
  if ((print & ~LUO_HUB_PRINT_REVS) == 0 && luo_hub_request_has_etag (request, etag))
    {
      luo_hub_request_answer_empty (request, 304);
      return TRUE;
    }

  answer = luo_hub_request_answer (request, 200);
  if ((print & LUO_HUB_PRINT_ATTACHMENTS) && luo_hub_request_accepts (request, "multipart/related")
      && has_attachments (request, rev))
    {
      char boundary[BOUNDARY_BYTES * 2 + 1];
      g_autofree char *type = NULL;

      make_boundary (boundary);
      type = g_strdup_printf ("multipart/related; boundary=\"%s\"", boundary);
      luo_hub_request_set_type (request, type);
      return append_related (request, rev, print, boundary, answer, error);
    }
  if (!luo_hub_print_document (luo_hub_get_store (request->hub), request->space, request->id, rev, print,
                               answer, NULL, error))
    return FALSE;
  g_string_append_c (luo_hub_answer_text (answer), '\n');
  return TRUE;
}
