/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-revision.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "luo-json-text.h"
#include "luo-store-error.h"

/** The longest suffix that is taken from a peer, in bytes. */
#define SUFFIX_MAX 64

const char *
luo_rev_parse (const char *rev, guint *generation)
{
  const char *p = rev;
  const char *suffix;
  guint value = 0;
  gsize length;
  gboolean hex = TRUE;

  if (rev == NULL || *p < '1' || *p > '9')
    return NULL;

  for (; *p >= '0' && *p <= '9'; p++)
    {
      if (p - rev >= 9)
        return NULL;
      value = value * 10 + (guint)(*p - '0');
    }
  if (*p != '-')
    return NULL;

  suffix = ++p;
  for (; *p != '\0'; p++)
    {
      /* A quote or a backslash would have to be escaped wherever a revision is spliced into JSON. */
      if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\')
        return NULL;
      hex = hex && g_ascii_isxdigit (*p);
    }
  length = (gsize)(p - suffix);
  if (length == 0 || length > SUFFIX_MAX || (length == 32 && !hex))
    return NULL;

  if (generation != NULL)
    *generation = value;
  return suffix;
}

int
luo_rev_compare (const char *a, gboolean a_deleted, const char *b, gboolean b_deleted)
{
  guint a_generation = 0, b_generation = 0;
  const char *a_suffix = luo_rev_parse (a, &a_generation);
  const char *b_suffix = luo_rev_parse (b, &b_generation);

  if (!a_deleted != !b_deleted)
    return a_deleted ? -1 : 1;
  if (a_generation != b_generation)
    return a_generation < b_generation ? -1 : 1;
  return strcmp (a_suffix != NULL ? a_suffix : "", b_suffix != NULL ? b_suffix : "");
}

static void
add_text (GChecksum *sum, const char *text)
{
  /* The NUL goes in too, so that no two lists of texts run together to the same bytes. */
  g_checksum_update (sum, (const guchar *)text, (gssize)strlen (text) + 1);
}

static gboolean
add_attachments (GChecksum *sum, const char *attachments, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GList) names = NULL;
  JsonNode *root;
  JsonObject *object;

  if (!json_parser_load_from_data (parser, attachments, -1, NULL)
      || (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("The list of attachments is not an object."));
      return FALSE;
    }

  object = json_node_get_object (root);
  names = g_list_sort (json_object_get_members (object), (GCompareFunc)strcmp);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *stub = json_object_get_member (object, l->data);
      const char *digest = NULL;

      if (JSON_NODE_HOLDS_OBJECT (stub))
        digest = json_object_get_string_member_with_default (json_node_get_object (stub), "digest", "");
      add_text (sum, l->data);
      add_text (sum, digest != NULL ? digest : "");
    }

  return TRUE;
}

char *
luo_rev_make_checked (const char *parent, gboolean deleted, const char *body, gsize length,
                      const char *attachments, GError **error)
{
  g_autoptr (GChecksum) sum = NULL;
  g_autofree char *canonical = NULL;
  guint generation = 0;

  g_return_val_if_fail (body != NULL && length > 0, NULL);
  g_return_val_if_fail (parent == NULL || luo_rev_parse (parent, NULL) != NULL, NULL);

  canonical = luo_json_canonical_checked (body, length);
  if (parent != NULL)
    luo_rev_parse (parent, &generation);

  sum = g_checksum_new (G_CHECKSUM_MD5);
  add_text (sum, parent != NULL ? parent : "");
  add_text (sum, deleted ? "1" : "0");
  add_text (sum, canonical);
  if (attachments != NULL && !add_attachments (sum, attachments, error))
    return NULL;

  return g_strdup_printf ("%u-%s", generation + 1, g_checksum_get_string (sum));
}

char *
luo_rev_make (const char *parent, gboolean deleted, const char *body, const char *attachments, GError **error)
{
  gsize length;

  g_return_val_if_fail (body != NULL, NULL);

  length = strlen (body);
  if (!luo_json_check (body, length, error))
    return NULL;
  if (body[strspn (body, " \t\r\n")] != '{')
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("A record must be a JSON object."));
      return NULL;
    }
  return luo_rev_make_checked (parent, deleted, body, length, attachments, error);
}
