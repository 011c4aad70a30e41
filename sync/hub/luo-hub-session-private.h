/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-request-private.h"

G_BEGIN_DECLS

/**
 * luo_hub_session_identify:
 *
 * Finds out who asks: by basic authentication (a wrong password is LUO_HUB_ERROR_UNAUTHORIZED) or by the cookie AuthSession; one
 * that has expired is nobody. Renews a cookie that is getting old.
 */
gboolean luo_hub_session_identify (LuoHubRequest *request, GError **error);

/* `/_session` */
gboolean luo_hub_session_get (LuoHubRequest *request, GError **error);
gboolean luo_hub_session_post (LuoHubRequest *request, GError **error);
gboolean luo_hub_session_delete (LuoHubRequest *request, GError **error);

G_END_DECLS
