/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_SYNC_POPOVER (luo_sync_popover_get_type ())
G_DECLARE_FINAL_TYPE (LuoSyncPopover, luo_sync_popover, LUO, SYNC_POPOVER, GtkPopover)

/** The details of reconciling: each space with its progress, stuck records with the server's reason, "sync now". */
GtkWidget *luo_sync_popover_new (LuoSession *session);

G_END_DECLS
