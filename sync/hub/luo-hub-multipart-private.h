/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoHubMultipart: reads a multipart body as it arrives, and holds no more of it than one line of headers.
 */
typedef struct _LuoHubMultipart LuoHubMultipart;

typedef struct
{
  /** @headers: names in lower case → values. A part begins. */
  gboolean (*begin) (GHashTable *headers, gpointer user_data, GError **error);
  /** Bytes of the part. */
  gboolean (*data) (const char *data, gsize length, gpointer user_data, GError **error);
  /** The part is whole. */
  gboolean (*end) (gpointer user_data, GError **error);
} LuoHubMultipartFuncs;

/**
 * luo_hub_multipart_new:
 * @content_type: `multipart/related; boundary="abc"`
 * @funcs: static
 *
 * LUO_HUB_ERROR_BAD_REQUEST where there is no boundary.
 *
 * Returns: (transfer full)
 */
LuoHubMultipart *luo_hub_multipart_new (const char *content_type, const LuoHubMultipartFuncs *funcs,
                                        gpointer user_data, GError **error);
gboolean luo_hub_multipart_feed (LuoHubMultipart *self, const char *data, gsize length, GError **error);
/** LUO_HUB_ERROR_BAD_REQUEST where the body ended before its last boundary. */
gboolean luo_hub_multipart_end (LuoHubMultipart *self, GError **error);
void luo_hub_multipart_free (LuoHubMultipart *self);

/** Returns: (transfer full) (nullable): a parameter of a header's value: `filename` of `attachment; filename="a b.jpg"` */
char *luo_hub_multipart_get_parameter (const char *value, const char *name);

G_END_DECLS
