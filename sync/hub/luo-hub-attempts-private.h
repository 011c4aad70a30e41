/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoHubAttempts: counts failed sign-ins by name and address, and by address alone, within a window of time. A name is never
 * locked for everybody: who guesses at it is stopped at his own address. Thread-safe.
 */
typedef struct _LuoHubAttempts LuoHubAttempts;

LuoHubAttempts *luo_hub_attempts_new (void);
void luo_hub_attempts_free (LuoHubAttempts *self);
/** Whether another attempt is looked at. */
gboolean luo_hub_attempts_may (LuoHubAttempts *self, const char *name, const char *address);
void luo_hub_attempts_add_failure (LuoHubAttempts *self, const char *name, const char *address);
/** Forgets the failures of @name from @address. */
void luo_hub_attempts_succeed (LuoHubAttempts *self, const char *name, const char *address);

G_END_DECLS
